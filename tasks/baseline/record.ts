import { sh } from "weft";
import { askPrograms, families, familyPaths, isThere } from "./families.ts";

/** Where a host keeps what it had before the network came. */
export const recordPath = "/var/lib/weft/baseline";

/** Where it keeps files that the network's own take the place of, under their full paths. */
export const copiesPath = "/var/lib/weft/replaced";

/** The files of which a copy is kept. */
export const replacedFiles = [
  "/etc/dhcp/dhcpd.conf",
  "/etc/kea/kea-dhcp4.conf",
  // Only EL6's is replaced.
  "/etc/sysconfig/dhcpd",
] as const;

/** Services that the network needs: whether they ran and started at boot is kept too. */
export const services = ["openvswitch", "docker", "iptables", "dhcpd", "kea-dhcp4"] as const;

/** Prints the services' lines of a record, under systemd or SysV. */
export const askServices = sh`
for unit in ${services}; do
  if [ -d /run/systemd/system ]; then
    enabled=$(systemctl is-enabled "$unit.service" 2>/dev/null) active=$(systemctl is-active "$unit.service" 2>/dev/null)
  else
    enabled=absent active=no
    if [ -e "/etc/init.d/$unit" ]; then enabled=disabled; fi
    if chkconfig "$unit" 2>/dev/null; then enabled=enabled; fi
    if service "$unit" status >/dev/null 2>&1; then active=active; fi
  fi
  echo "service $unit \${enabled:-absent} $active"
done`;

/** Prints the record: one fact a line, its first word saying which. */
export const askRecord = sh`
echo '# What this host had before weft made a network of containers on it: teardown.ts goes by it.'
# Of a list that is cut short, what is missing would count as the network's.
packages=$(rpm -qa --queryformat 'package %{NAME}\n') && [ -n "$packages" ] || {
  echo 'rpm does not tell what is installed' >&2
  exit 1
}
echo "$packages" | sort -u
if command -v docker >/dev/null 2>&1; then
  if images=$(docker images --no-trunc --quiet 2>/dev/null); then
    echo "$images" | sort -u | sed -n 's/./image &/p'
  else
    echo 'images unknown'
  fi
fi
${askPrograms}
for path in ${familyPaths}; do
  if ! ${isThere}; then echo "absent $path"; fi
done
${askServices}
echo "forward $(cat /proc/sys/net/ipv4/ip_forward)"
if command -v iptables >/dev/null 2>&1; then
  iptables -S FORWARD 2>/dev/null | sed -n 's/^-P FORWARD /forward-policy /p'
elif ! nft list table ip filter >/dev/null 2>&1; then
  echo 'forward-policy ACCEPT'
fi`;

/** What a host had before the network came. */
export interface Baseline {
  readonly packages: ReadonlySet<string>;
  /** Ids of Docker's images; `undefined` where Docker was there and did not tell. */
  readonly images: ReadonlySet<string> | undefined;
  /** Those of the families that were there, whatever had brought them. */
  readonly programs: ReadonlySet<string>;
  /** Those of the families' paths at which nothing was. Records of earlier versions have none. */
  readonly absent: ReadonlySet<string>;
  readonly services: ReadonlyMap<
    string,
    { readonly there: boolean; readonly enabled: boolean; readonly running: boolean }
  >;
  /** Whether the host passed packets on. */
  readonly forward: boolean;
  /** What iptables did with such packets that no rule is about. Records of earlier versions do not tell. */
  readonly forwardPolicy: string | undefined;
}

// systemd says "not-found" from 253 on; "no" is what earlier versions wrote of EL6, of stopped ones too.
const notThere = ["absent", "not-found", "no"];

/** Reads a record. */
export const parseRecord = (text: string): Baseline => {
  const words = text.split("\n").map((line) => line.split(" "));
  const values = (key: string) =>
    words.flatMap(([first, ...rest]) => (first === key ? [rest] : []));
  const packages = new Set(values("package").map(([name = ""]) => name));
  const images = new Set(values("image").map(([id = ""]) => id));
  const services = new Map(
    values("service").map(([unit = "", enabled = "absent", active]) => [
      unit,
      {
        there: !notThere.includes(enabled),
        enabled: enabled === "enabled",
        running: active === "active",
      },
    ]),
  );
  // Records of earlier versions have no images where Docker was stopped.
  const docker = services.get("docker");
  const stopped =
    docker?.running === false &&
    (docker.there || [...packages].some((it) => families.Docker.packages.test(it)));
  return {
    packages,
    images: values("images").length > 0 || (stopped && images.size === 0) ? undefined : images,
    programs: new Set(values("program").map(([name = ""]) => name)),
    absent: new Set(values("absent").map(([path = ""]) => path)),
    services,
    forward: values("forward")[0]?.[0] === "1",
    forwardPolicy: values("forward-policy")[0]?.[0],
  };
};
