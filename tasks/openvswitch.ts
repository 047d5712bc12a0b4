import { change, sh, TaskError, type TaskList, task } from "weft";
import { vswitchdStart } from "./ovs/vswitchd-start.ts";
import { install } from "./package/install.ts";
import { askOffers, type Offer, parseOffers } from "./package/offers.ts";
import { service } from "./service.ts";

interface OpenvswitchOptions {
  /** A package such as "openvswitch3.1". Left out: any that is installed, else the newest on offer. */
  readonly packageName?: string | undefined;
}

// The packages with the switch itself: "openvswitch", "openvswitch2.17", not "openvswitch3.1-devel".
const isSwitch = ({ name }: Offer): boolean => /^openvswitch(\d+(\.\d+)*)?$/.test(name);

/** Compares versions number by number: 3.10 is newer than 3.9. */
const compareVersions = (one: string, other: string): number => {
  const [left = [], right = []] = [one, other].map((it) => (it.match(/\d+/g) ?? []).map(Number));
  const at = left.findIndex((number, index) => number !== (right[index] ?? -1));
  return at < 0 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1);
};

const newest = (offers: readonly Offer[]): Offer | undefined =>
  [...offers].sort((one, other) => compareVersions(other.version, one.version))[0];

const probe = (pinned: string | undefined) => {
  const ask = askOffers(["openvswitch*"]);
  if (pinned === undefined) {
    return sh`if command -v ovs-vsctl >/dev/null 2>&1; then echo installed; else ${ask}; fi`;
  }
  return sh`
if rpm -q ${pinned} >/dev/null 2>&1; then
  echo installed
elif command -v ovs-vsctl >/dev/null 2>&1; then
  echo "other=$(rpm -qf --queryformat '%{NAME}' "$(command -v ovs-vsctl)" | grep '^openvswitch')"
else ${ask}
fi`;
};

const choose = (pinned: string | undefined, offers: readonly Offer[]): Offer => {
  const switches = offers.filter(isSwitch);
  const chosen =
    pinned === undefined ? newest(switches) : offers.find(({ name }) => name === pinned);
  if (chosen !== undefined) return chosen;
  const names = switches.map(({ name }) => name).join(", ");
  throw new TaskError(
    names === ""
      ? "no repository of this host offers Open vSwitch"
      : `no repository of this host offers ${pinned}; there is ${names}`,
    {
      hint: "Releases 8 and later have it in centos-release-nfv-openvswitch, release 7 in centos-release-openstack-train. For release 6 build an RPM of the 2.5 series.",
    },
  );
};

const openvswitchPackage = (pinned: string | undefined) =>
  task({
    title: `package ${pinned ?? "openvswitch"}`,
    probe: {
      command: probe(pinned),
      parse: (result) => {
        if (/^installed$/m.test(result.stdout)) return { installed: true as const };
        const other = /^other=(\S*)/m.exec(result.stdout)?.[1];
        return {
          installed: false as const,
          other,
          offers: other === undefined ? parseOffers(result) : [],
        };
      },
    },
    plan: (now) => {
      if (now.installed) return [];
      if (now.other !== undefined) {
        throw new TaskError(
          `${now.other || "an Open vSwitch of no package"} is installed, not ${pinned}`,
          {
            hint: `Replacing it stops every bridge for a while, so it is left to you, as with: dnf swap ${now.other} ${pinned}`,
          },
        );
      }
      const { name, version } = choose(pinned, now.offers);
      return change(true, `install ${name} ${version}`, install([name]));
    },
  });

/**
 * Open vSwitch, installed and running. The names of its packages carry its version on CentOS; an
 * installed one stays as it is, since an upgrade would stop every bridge of the host. At boot it waits for the
 * machine's eleventh second: version 3.1.0 loses packets for good where it starts earlier.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * openvswitch()
 * openvswitch({ packageName: "openvswitch3.1" })
 * ```
 */
export const openvswitch = ({ packageName }: OpenvswitchOptions = {}): TaskList => [
  openvswitchPackage(packageName),
  service({ unit: "openvswitch" }),
  vswitchdStart(),
];
