import { type Change, change, sh, task } from "weft";
import {
  askServices,
  type Baseline,
  copiesPath,
  parseRecord,
  recordPath,
  services,
} from "../baseline/record.ts";
import { readSection, section } from "../file/section.ts";
import { enableService, stopService } from "../service.ts";

interface PackagesOptions {
  /** Leave what was installed. */
  readonly keep: boolean;
  /** What goes with the network, and is no reason for Docker or Open vSwitch to stay. */
  readonly containers: readonly string[];
  readonly bridges: readonly string[];
}

/** Packages that bring one thing between them, with what they leave behind. */
interface Family {
  readonly packages: RegExp;
  readonly units: readonly string[];
  /** Paths that are its own. */
  readonly paths: readonly string[];
}

const families = {
  "Open vSwitch": {
    packages: /^openvswitch(\d[\d.]*)?$/,
    units: ["openvswitch"],
    paths: [
      "/etc/openvswitch",
      "/var/lib/openvswitch",
      "/var/log/openvswitch",
      "/var/run/openvswitch",
    ],
  },
  Docker: {
    packages: /^(docker(-ce|-ce-cli|-io)?|moby-engine|containerd(\.io)?)$/,
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
    units: ["dhcpd", "kea-dhcp4"],
    paths: ["/var/lib/dhcpd", "/var/lib/kea"],
  },
  "the DHCP client": { packages: /^(dhcp-client|dhclient|dhcpcd)$/, units: [], paths: [] },
  "the iptables service": {
    packages: /^iptables-services$/,
    units: ["iptables", "ip6tables"],
    paths: ["/etc/sysconfig/iptables.rpmnew", "/etc/sysconfig/ip6tables.rpmsave"],
  },
  tools: { packages: /^(ethtool|iputils)$/, units: [], paths: [] },
} as const satisfies Record<string, Family>;

type FamilyName = keyof typeof families;

const names = Object.keys(families) as FamilyName[];

interface PackagesState {
  /** `undefined` where no record of it is left, or never was. */
  readonly baseline: Baseline | undefined;
  readonly installed: readonly string[];
  readonly present: ReadonlySet<string>;
  /** Why a family stays: what others have in it. */
  readonly holders: Readonly<Partial<Record<FamilyName, readonly string[]>>>;
  readonly services: Baseline["services"];
  /** Docker's chains, or its bridge, are in the kernel. */
  readonly dockerRules: boolean;
  readonly forward: boolean;
}

const allPaths = names.flatMap((name) => families[name].paths);

// Docker's own files tell what it has even where it does not run.
const probe = sh`
${readSection("baseline", recordPath)}
if [ -e ${recordPath} ]; then
  rpm -qa --queryformat 'installed %{NAME}\n' 2>/dev/null
  for path in ${allPaths}; do
    if [ ! -d "$path" ]; then [ ! -e "$path" ] || echo "present $path"
    elif [ -n "$(ls -A "$path")" ]; then echo "present $path"; fi
  done
  cat /var/lib/docker/containers/*/config.v2.json 2>/dev/null | grep -o '"Name":"/[^"]*"' | sed 's/.*"\/\(.*\)"/container \1/'
  for path in /var/lib/docker/volumes/*/; do
    name=\${path%/}; echo "volume \${name##*/}"
  done
  if command -v ovs-vsctl >/dev/null 2>&1; then ovs-vsctl --timeout=10 list-br 2>/dev/null | sed 's/^/bridge /'; fi
  if [ -e /sys/class/net/docker0 ] || iptables-save 2>/dev/null | grep -q '^:DOCKER'; then echo docker-rules; fi
  ${askServices}
  echo "forward $(cat /proc/sys/net/ipv4/ip_forward)"
fi
true`;

/** Takes Docker's chains, bridge and policy out of the kernel, and nobody else's. */
const removeDockerRules = sh`
if [ -e /sys/class/net/docker0 ]; then ip link del docker0; fi
if command -v iptables-save >/dev/null 2>&1; then
  iptables-save | grep -v -e DOCKER -e docker0 | sed 's/^:FORWARD DROP/:FORWARD ACCEPT/' | iptables-restore
fi`;

const removePackages = (some: readonly string[], units: readonly string[]) => sh`
if [ -d /run/systemd/system ]; then
  for unit in ${units}; do systemctl disable --quiet --now "$unit" 2>/dev/null; done
else
  for unit in ${units}; do
    if [ -e "/etc/init.d/$unit" ]; then service "$unit" stop; chkconfig "$unit" off; fi
  done
fi
for datapath in $(ovs-dpctl dump-dps 2>/dev/null); do ovs-dpctl del-dp "$datapath"; done
if command -v dnf >/dev/null 2>&1; then dnf -y -q remove ${some}; else yum -y -q remove ${some}; fi`;

/**
 * The packages that the host had before, and no others of those that the network needs; services as they
 * were. Docker stays where it has other containers or volumes, Open vSwitch where it has other bridges.
 * What was there before, or came without a record, is left alone.
 */
export const packagesAsBefore = ({ keep, containers, bridges }: PackagesOptions) =>
  task<PackagesState>({
    title: keep ? "services as before; packages stay" : "packages and services as before",
    probe: {
      command: probe,
      parse: (result) => {
        const record = section("baseline", result);
        const values = (key: string): readonly string[] =>
          [...result.stdout.matchAll(new RegExp(`^${key} (.+)$`, "gm"))].map(
            ([, value = ""]) => value,
          );
        const others = (some: readonly string[], own: readonly string[]) =>
          some.filter((it) => !own.includes(it));
        return {
          baseline: record === undefined ? undefined : parseRecord(record),
          installed: values("installed"),
          present: new Set(values("present")),
          holders: {
            Docker: [
              ...others(values("container"), containers),
              // One without a name of its own went with its container.
              ...values("volume").filter((it) => it !== "*" && !/^[0-9a-f]{64}$/.test(it)),
            ],
            "Open vSwitch": others(values("bridge"), bridges),
          },
          services: parseRecord(result.stdout).services,
          dockerRules: /^docker-rules$/m.test(result.stdout),
          forward: parseRecord(result.stdout).forward,
        };
      },
    },
    report: ({ holders, baseline }) =>
      baseline === undefined || keep
        ? undefined
        : names
            .flatMap((name) => {
              const held = name in holders ? holders[name] : undefined;
              return held?.length ? [`${name} stays: it has ${held.join(", ")}\n`] : [];
            })
            .join("") || undefined,
    plan: (now): readonly Change[] => {
      const { baseline } = now;
      if (baseline === undefined) return [];
      const came = (name: FamilyName): boolean =>
        ![...baseline.packages].some((it) => families[name].packages.test(it));
      const gone = keep ? [] : names.filter((name) => came(name) && !now.holders[name]?.length);
      const packages = now.installed.filter(
        (it) => !baseline.packages.has(it) && gone.some((name) => families[name].packages.test(it)),
      );
      const paths = gone
        .flatMap((name) => families[name].paths)
        .filter((it) => now.present.has(it));
      const removed = gone.filter((name) =>
        packages.some((it) => families[name].packages.test(it)),
      );
      const stays = services.filter((unit) => {
        const family = names.find((name) => families[name].units.some((it) => it === unit));
        if (family === undefined) return false;
        // EL6 has the iptables service without its package.
        return !came(family) || !now.installed.some((it) => families[family].packages.test(it));
      });
      const withoutDocker = gone.includes("Docker");
      return [
        ...change(
          packages.length > 0,
          `remove packages ${packages.join(", ")}`,
          removePackages(
            packages,
            removed.flatMap((name) => families[name].units),
          ),
        ),
        ...change(
          withoutDocker && now.dockerRules,
          "remove Docker's bridge and rules",
          removeDockerRules,
        ),
        ...change(
          withoutDocker && now.forward && !baseline.forward,
          "have the host pass no packets on",
          sh`echo 0 >/proc/sys/net/ipv4/ip_forward`,
        ),
        ...change(
          paths.length > 0,
          `remove ${paths.join(", ")}`,
          // A container with the host's own network leaves that namespace mounted there.
          sh`
for mount in /var/run/docker/netns/*; do
  if [ -e "$mount" ]; then umount "$mount" 2>/dev/null; fi
done
for path in ${paths}; do
  if mountpoint -q "$path"; then find "$path" -xdev -mindepth 1 -delete; else rm -rf "$path"; fi || exit
done
rmdir /etc/cni/net.d /etc/cni /etc/dhcp/dhclient.d /etc/dhcp 2>/dev/null
true`,
        ),
        ...change(
          paths.some((path) => path.startsWith("/etc/firewalld/")),
          "reload firewalld, which had Docker's bridge in a zone",
          sh`if systemctl is-active --quiet firewalld.service; then firewall-cmd --reload; fi`,
        ),
        ...stays.flatMap((unit) => {
          const before = baseline.services.get(unit);
          const is = now.services.get(unit);
          return [
            ...change(
              before?.enabled === false && is?.enabled === true,
              `disable ${unit}, as before`,
              enableService(unit, false),
            ),
            ...change(
              before?.running === false && is?.running === true,
              `stop ${unit}, as before`,
              stopService(unit),
            ),
          ];
        }),
        // The last, and where nothing is held back: whoever comes again goes by it.
        ...change(
          !keep && names.every((name) => !came(name) || !now.holders[name]?.length),
          `remove ${recordPath}`,
          sh`rm -rf ${recordPath} ${copiesPath} && { rmdir /var/lib/weft 2>/dev/null; true; }`,
        ),
      ];
    },
  });
