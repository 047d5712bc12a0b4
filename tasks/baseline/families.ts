import { sh } from "weft";

/** Packages that bring one thing between them, with what they leave behind. */
interface Family {
  readonly packages: RegExp;
  /** By these it shows that a host has it, whatever brought it. */
  readonly programs: readonly string[];
  readonly units: readonly string[];
  /** Paths that are its own. */
  readonly paths: readonly string[];
}

/** What the network needs. */
export const families = {
  "Open vSwitch": {
    packages: /^openvswitch(\d[\d.]*)?$/,
    programs: ["ovs-vsctl"],
    units: ["openvswitch"],
    paths: [
      "/etc/openvswitch",
      "/var/lib/openvswitch",
      "/var/log/openvswitch",
      "/var/run/openvswitch",
    ],
  },
  Docker: {
    // EL7's docker leaves the two behind that it came with.
    packages: /^(docker(-ce|-ce-cli|-io|-client|-common)?|moby-engine|containerd(\.io)?)$/,
    programs: ["docker", "dockerd", "containerd"],
    units: ["docker.socket", "docker", "containerd"],
    // /var/lib/docker may be a file system of its own: it is emptied, and stays where it cannot go.
    paths: [
      "/etc/docker",
      "/opt/containerd",
      "/var/run/docker",
      "/var/run/docker.sock",
      "/var/run/containerd",
      "/var/lib/containerd",
      "/var/lib/docker",
      // Docker tells a firewalld that runs of its bridge.
      "/etc/firewalld/zones/docker.xml",
      "/etc/firewalld/policies/docker-forwarding.xml",
    ],
  },
  "the DHCP server": {
    packages: /^(dhcp(-server)?|kea)$/,
    programs: ["dhcpd", "kea-dhcp4"],
    units: ["dhcpd", "kea-dhcp4"],
    paths: ["/var/lib/dhcpd", "/var/lib/kea"],
  },
  "the DHCP client": {
    packages: /^(dhcp-client|dhclient|dhcpcd)$/,
    programs: ["dhclient", "dhcpcd"],
    units: [],
    paths: [],
  },
  "the iptables service": {
    packages: /^iptables-services$/,
    programs: [],
    units: ["iptables", "ip6tables"],
    paths: ["/etc/sysconfig/iptables.rpmnew", "/etc/sysconfig/ip6tables.rpmsave"],
  },
  tools: { packages: /^(ethtool|iputils)$/, programs: [], units: [], paths: [] },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof families;

export const familyNames = Object.keys(families) as FamilyName[];

export const familyPaths = familyNames.flatMap((name) => families[name].paths);

/**
 * Prints "program NAME" for those programs of the families that the host has. Podman's docker is none: it has to
 * go before the network can come.
 */
export const askPrograms = sh`
for program in ${familyNames.flatMap((name) => families[name].programs)}; do
  command -v "$program" >/dev/null 2>&1 || continue
  if [ "$program" = docker ] && rpm -q podman-docker >/dev/null 2>&1; then continue; fi
  echo "program $program"
done`;

/** Tests whether something is at `$path`: in a directory, or a file system, at least one entry. */
export const isThere = sh`{ [ -L "$path" ] || if [ -d "$path" ]; then ls -A "$path" | grep -qvx lost+found; else [ -e "$path" ]; fi; }`;
