import { type Change, change, sh, TaskError, task } from "weft";
import {
  askPrograms,
  type FamilyName,
  families,
  familyNames,
  familyPaths,
  isThere,
} from "../baseline/families.ts";
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
import { hasDockerRules, removeDockerRules } from "./docker-rules.ts";

interface PackagesOptions {
  /** Leave what was installed. */
  readonly keep: boolean;
  /** What goes with the network, and is no reason for Docker or Open vSwitch to stay. */
  readonly containers: readonly string[];
  readonly bridges: readonly string[];
}

interface PackagesState {
  /** `undefined` where no record of it is left, or never was. */
  readonly baseline: Baseline | undefined;
  readonly installed: readonly string[];
  readonly programs: ReadonlySet<string>;
  readonly present: ReadonlySet<string>;
  /** Why a family stays: what others have in it. */
  readonly holders: Readonly<Partial<Record<FamilyName, readonly string[]>>>;
  readonly services: Baseline["services"];
  /** Docker's chains, or its bridge, are in the kernel. */
  readonly dockerRules: boolean;
  readonly forward: boolean;
}

// Docker's own files tell what it has even where it does not run.
const probe = sh`
${readSection("baseline", recordPath)}
if [ -e ${recordPath} ]; then
  rpm -qa --queryformat 'installed %{NAME}\n'
  for path in ${familyPaths}; do
    if ${isThere}; then echo "present $path"; fi
  done
  ${askPrograms}
  # The second is Docker's before 1.10.
  cat /var/lib/docker/containers/*/config.v2.json /var/lib/docker/containers/*/config.json 2>/dev/null | grep -o '"Name":"/[^"]*"' | sed 's/.*"\/\(.*\)"/container \1/'
  for path in /var/lib/docker/volumes/*/; do
    name=\${path%/}; echo "volume \${name##*/}"
  done
  if command -v ovs-vsctl >/dev/null 2>&1; then ovs-vsctl --timeout=10 list-br 2>/dev/null | sed 's/^/bridge /'; fi
  if ${hasDockerRules}; then echo docker-rules; fi
  ${askServices}
  echo "forward $(cat /proc/sys/net/ipv4/ip_forward)"
fi
true`;

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

const came = (name: FamilyName, baseline: Baseline, now: PackagesState): boolean => {
  const { packages, programs, units } = families[name];
  const before =
    [...baseline.packages].some((it) => packages.test(it)) ||
    programs.some((it) => baseline.programs.has(it)) ||
    units.some((it) => baseline.services.get(it)?.there);
  // Records of earlier versions tell no programs: what the network brought is in one of the packages.
  const others =
    programs.some((it) => now.programs.has(it)) && !now.installed.some((it) => packages.test(it));
  return !before && !others;
};

/** What came with the network, in which nobody else has anything. */
const goingFamilies = (baseline: Baseline, now: PackagesState): readonly FamilyName[] =>
  familyNames.filter((name) => came(name, baseline, now) && !now.holders[name]?.length);

const pathsOf = (some: readonly FamilyName[], { present }: PackagesState): readonly string[] =>
  some.flatMap((name) => families[name].paths).filter((it) => present.has(it));

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
        const installed = values("installed");
        if (record !== undefined && installed.length === 0) {
          throw new TaskError(`rpm does not tell what is installed: ${result.stderr.trim()}`);
        }
        const others = (some: readonly string[], own: readonly string[]) =>
          some.filter((it) => !own.includes(it));
        return {
          baseline: record === undefined ? undefined : parseRecord(record),
          installed,
          programs: parseRecord(result.stdout).programs,
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
    report: (now) => {
      const { holders, baseline } = now;
      if (baseline === undefined || keep) return undefined;
      const held = familyNames.flatMap((name) =>
        holders[name]?.length ? [`${name} stays: it has ${holders[name].join(", ")}\n`] : [],
      );
      const left = pathsOf(goingFamilies(baseline, now), now).filter(
        (it) => !baseline.absent.has(it),
      );
      return (
        [
          ...held,
          ...(left.length > 0
            ? [`left, for no record says that it came later: ${left.join(", ")}\n`]
            : []),
        ].join("") || undefined
      );
    },
    plan: (now): readonly Change[] => {
      const { baseline } = now;
      if (baseline === undefined) return [];
      const gone = keep ? [] : goingFamilies(baseline, now);
      const packages = now.installed.filter(
        (it) => !baseline.packages.has(it) && gone.some((name) => families[name].packages.test(it)),
      );
      const paths = pathsOf(gone, now).filter((it) => baseline.absent.has(it));
      const removed = gone.filter((name) =>
        packages.some((it) => families[name].packages.test(it)),
      );
      const stays = services.filter((unit) => {
        const family = familyNames.find((name) => families[name].units.some((it) => it === unit));
        if (family === undefined) return false;
        // EL6 has the iptables service without its package.
        return (
          !came(family, baseline, now) ||
          !now.installed.some((it) => families[family].packages.test(it))
        );
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
          removeDockerRules(baseline.forwardPolicy === "ACCEPT"),
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
          !keep &&
            familyNames.every((name) => !came(name, baseline, now) || !now.holders[name]?.length),
          `remove ${recordPath}`,
          sh`rm -rf ${recordPath} ${copiesPath} && { rmdir /var/lib/weft 2>/dev/null; true; }`,
        ),
      ];
    },
  });
