/**
 * Lets containers reach what is outside the network through their own host, and the outside reach ports of
 * theirs: part of the nic script. It goes by the state file's lines
 *
 *   gateway BRIDGE ADDRESS SUBNET      the host's own address on the bridge
 *   route CONTAINER NIC ADDRESS        a container's default route
 *   publish PROTOCOL PORT TARGET       a port of the host that leads to ADDRESS:PORT
 *
 * - Rules are in chains of weft's own, ahead of others: Docker, which drops what it does not know from
 *   FORWARD, puts its chains before them when it starts and decides on its own bridges only.
 * - A firewalld that runs empties iptables whenever it starts or reloads. So it has the same rules in its
 *   direct.xml, and loads them itself; they hang in its own chains then, such as POSTROUTING_direct. With
 *   its nft backend no rule of iptables opens a way: what containers send passes by a policy.
 *   https://firewalld.org/documentation/man-pages/firewalld.direct.html
 * - The address is a /32 with a route of its own beside it, so that it neither needs nor loses anything when
 *   a DHCP server's address on the same bridge comes and goes.
 * - A default route is told from others by its protocol number, which stands for nothing but weft.
 * - What a reboot, a restart of a firewall or of a container takes away, the agent's next look puts back.
 */
export const outsideFunctions = `
applied=$run/outside
proto=116
direct=/etc/firewalld/direct.xml
policy=/etc/firewalld/policies/weft-outside.xml

nat_rules() {
  declared gateway | while read -r _ bridge _ subnet; do
    echo "-A WEFT-NAT -s $subnet ! -d $subnet ! -o $bridge -j MASQUERADE"
    # From a neighbour to a port of this host: the answer has to come back this way.
    echo "-A WEFT-NAT -s $subnet -o $bridge -m conntrack --ctstate DNAT -j MASQUERADE"
  done
  declared publish | while read -r _ protocol port target; do
    echo "-A WEFT-PUBLISH -p $protocol -m $protocol --dport $port -j DNAT --to-destination $target"
  done
}
filter_rules() {
  declared gateway | while read -r _ bridge _ subnet; do
    echo "-A WEFT-FORWARD -s $subnet -i $bridge ! -o $bridge -j ACCEPT"
    echo "-A WEFT-FORWARD -d $subnet -o $bridge -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT"
  done
}
hooks() {
  case $1 in
    nat)
      echo "POSTROUTING -j WEFT-NAT"
      echo "PREROUTING -m addrtype --dst-type LOCAL -j WEFT-PUBLISH"
      echo "OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j WEFT-PUBLISH" ;;
    filter) echo "FORWARD -j WEFT-FORWARD" ;;
  esac
}
chains() { case $1 in nat) echo WEFT-NAT WEFT-PUBLISH ;; filter) echo WEFT-FORWARD ;; esac; }

# What a table has of it, one rule a line.
loaded() {
  iptables -t "$1" -S 2>/dev/null | grep -E -e '^-A WEFT-(NAT|PUBLISH|FORWARD) ' -e ' -j WEFT-(NAT|PUBLISH|FORWARD)$'
}
# The rules that lead to the chains, from firewalld's own ones where those are in force.
hooked() {
  now=$(iptables -t "$1" -S 2>/dev/null)
  hooks "$1" | while read -r chain rule; do
    case $now in *"-A $chain -j \${chain}_direct"*) chain=\${chain}_direct ;; esac
    echo "$chain $rule"
  done
}
wanted() {
  "$1_rules"
  [ -z "$(declared gateway)" ] || hooked "$1" | sed 's/^/-A /'
}
load() { # TABLE
  {
    echo "*$1"
    # Makes a chain, or empties it.
    for chain in $(chains "$1"); do echo ":$chain - [0:0]"; done
    loaded "$1" | grep -v '^-A WEFT-' | sed 's/^-A/-D/'
    if [ -n "$(declared gateway)" ]; then
      hooked "$1" | sed 's/^/-I /'
      "$1_rules"
    else
      for chain in $(chains "$1"); do echo "-X $chain"; done
    fi
    echo COMMIT
  } >"$applied.$1"
  for try in 1 2 3 4 5 6 7 8 9; do
    iptables-restore --noflush <"$applied.$1"
    status=$?
    # 4: somebody else, such as dockerd, holds the lock.
    [ $status = 4 ] || break
    sleep 1
  done
  rm -f "$applied.$1"
  return $status
}

firewalld_runs() { [ -d /etc/firewalld ] && systemctl is-active --quiet firewalld.service 2>/dev/null; }
direct_rule() { # TABLE PRIORITY CHAIN RULE
  printf '  <rule ipv="ipv4" table="%s" chain="%s" priority="%s">%s</rule>\\n' "$1" "$3" "$2" "$4"
}
direct_lines() {
  for table in nat filter; do
    for chain in $(chains $table); do
      printf '  <chain ipv="ipv4" table="%s" chain="%s"/>\\n' $table "$chain"
    done
    hooks $table | while read -r chain rule; do direct_rule $table -100 "$chain" "$rule"; done
    "\${table}_rules" | {
      number=0
      while read -r _ chain rule; do
        direct_rule $table $number "$chain" "$rule"
        number=$((number + 1))
      done
    }
  done
}
no_direct='<?xml version="1.0" encoding="utf-8"?>
<direct>
</direct>'
# The file with weft's lines in it, or without them, and all else as it was.
direct_text() {
  others=$(grep -Ev -e 'chain="WEFT-(NAT|PUBLISH|FORWARD)"' -e '-j WEFT-(NAT|PUBLISH|FORWARD)<' "$direct" 2>/dev/null)
  [ -n "$others" ] || others=$no_direct
  case $others in *'</direct>') ;; *) return 1 ;; esac
  echo "\${others%</direct>}$([ -z "$(declared gateway)" ] || direct_lines; echo '</direct>')"
}
policy_text() {
  [ -n "$(declared gateway)" ] || return 0
  cat <<END
<?xml version="1.0" encoding="utf-8"?>
<policy priority="-100" target="CONTINUE">
  <short>weft outside</short>
  <ingress-zone name="ANY"/>
  <egress-zone name="ANY"/>
$(declared gateway | while read -r _ _ _ subnet; do
  printf '  <rule family="ipv4" priority="-20"><source address="%s"/><accept/></rule>\\n' "$subnet"
done)
</policy>
END
}
put() { # FILE TEXT
  echo "$2" >"$1.weft" && chmod 644 "$1.weft" && mv "$1.weft" "$1"
}
put_direct() {
  if [ "$text" = "$no_direct" ]; then rm -f "$direct"; else put "$direct" "$text"; fi
}
put_policy() {
  if [ -n "$text" ]; then put "$policy" "$text"; else rm -f "$policy"; fi
  firewalld_runs || return 0
  # A new policy is never loaded otherwise.
  firewall-cmd --check-config >/dev/null && firewall-cmd --reload >/dev/null && return 0
  rm -f "$policy"
  return 1
}
outside_firewalld() {
  [ -d /etc/firewalld ] || return 0
  [ -z "$(declared gateway)" ] || firewalld_runs || return 0
  if ! text=$(direct_text); then
    complain "outside: $direct has no last line that is </direct>"
  elif [ "$text" != "$(cat "$direct" 2>/dev/null || echo "$no_direct")" ]; then
    amiss "rules in $direct" put_direct
  fi
  if [ -d /usr/lib/firewalld/policies ]; then
    text=$(policy_text)
    [ "$text" = "$(cat "$policy" 2>/dev/null)" ] || amiss "firewalld's policy" put_policy
  fi
  # A reload may be under way, and fails where the chains that it makes are there before it.
  if [ "$mode" = apply ] && firewalld_runs && [ -z "$(loaded nat)" ]; then sleep 2; fi
}

# Says what is amiss, and mends it unless it is only asked.
amiss() { # WORDS COMMAND...
  words=$1; shift
  if [ "$mode" = check ]; then echo "fault $words"
  elif said=$("$@" 2>&1); then echo "outside: $words: mended"
  else complain "outside: $words: $said"
  fi
}

give_address() {
  ip address replace "$address/32" dev "$bridge" &&
    ip route replace "$subnet" dev "$bridge" src "$address" metric 100 proto $proto
}
take_address() {
  ip route del "$subnet" dev "$bridge" metric 100 proto $proto
  ip address del "$address/32" dev "$bridge"
}
forward() { echo 1 >/proc/sys/net/ipv4/ip_forward; }

outside_addresses() {
  if [ -e "$applied" ]; then
    while read -r _ bridge address subnet; do
      [ -e "/sys/class/net/$bridge" ] || continue
      declared gateway | grep -qxF "gateway $bridge $address $subnet" ||
        amiss "$address on $bridge, which nobody declares" take_address
    done <"$applied"
  fi
  while read -r _ bridge address subnet; do
    [ -n "$address" ] || continue
    ip -4 -o address show dev "$bridge" 2>/dev/null | grep -qF " inet $address/32 " &&
      [ -n "$(ip -4 route show "$subnet" dev "$bridge" proto $proto)" ] ||
      amiss "$bridge has no $address" give_address
    [ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ] || amiss "packets are not passed on" forward
  done <<END
$(declared gateway)
END
}

# With the userspace datapath the kernel hears what arrives on a container's veth too, and would answer for the
# bridge's address with the veth's own MAC address, behind which is nobody.
quiet() { echo 1 >"$conf"; }
outside_neighbours() {
  declared nic | while read -r _ container _ veth _; do
    conf=/proc/sys/net/ipv4/conf/$veth/arp_ignore
    [ ! -e "$conf" ] || [ "$(cat "$conf")" = 1 ] || amiss "$veth of $container answers for the bridge" quiet
  done
}

outside_routes() {
  names=$(declared nic | while read -r _ container _; do echo "$container"; done | sort -u)
  [ -n "$names" ] && command -v docker >/dev/null 2>&1 || return 0
  while read -r container pid; do
    container=\${container#/}
    [ "\${pid:-0}" -gt 0 ] || continue
    nic= address=
    while read -r _ it one to; do
      if [ "$it" = "$container" ]; then nic=$one address=$to; fi
    done <<END
$(declared route)
END
    now=$(inside ip -4 route show proto $proto 2>/dev/null | sed 's/ *$//')
    if [ -z "$address" ]; then
      [ -z "$now" ] || amiss "$container has a default route that nobody declares" inside ip -4 route flush proto $proto
      continue
    fi
    # A NIC that is not attached yet, or not up.
    case $(inside ip -o link show dev "$nic" 2>/dev/null) in *[,'<']UP[,'>']*) ;; *) continue ;; esac
    case $now in
      "default via $address dev $nic"*) ;;
      *) amiss "$container has no default route over $address" \\
        inside ip -4 route replace default via "$address" dev "$nic" onlink proto $proto ;;
    esac
  done <<END2
$(inspect_containers '{{.Name}} {{.State.Pid}}' $names 2>/dev/null)
END2
}

# Without a gateway, now or since the host booted, there is nothing to look at.
outside() { # check|apply
  mode=$1
  [ -n "$(declared gateway)" ] || [ -e "$applied" ] || grep -qs WEFT-NAT "$direct" || return 0
  outside_addresses
  outside_neighbours
  outside_routes
  outside_firewalld
  for table in nat filter; do
    [ "$(loaded $table | sort)" = "$(wanted $table | sort)" ] || amiss "rules of $table" load $table
  done
  [ "$mode" = apply ] || return 0
  if [ -n "$(declared gateway)" ]; then declared gateway >"$applied"; else rm -f "$applied"; fi
}
`;
