import { type Bench, DECLARED_NETWORK } from "./mesh.ts";

const PID = "$(cat /var/run/openvswitch/ovs-vswitchd.pid)";

// Fields 14 and 15 of stat, user and system time, in ticks of 10 ms; no blank is in this process's name.
const CPU = `set -- $(cat /proc/${PID}/stat); echo "cpu=$(( \${14} + \${15} ))"`;

/** A number that a command printed as `NAME=NUMBER`. @throws where it did not */
const number = (said: string, name: string): number => {
  const found = new RegExp(`^${name}=(\\d+)$`, "m").exec(said)?.[1];
  if (found === undefined) throw new Error(`no ${name} in:\n${said}`);
  return Number(found);
};

/** What ovs-vswitchd takes while nothing but the hosts' own traffic happens. */
export interface Idle {
  readonly megabytes: number;
  /** Of one CPU. */
  readonly percent: number;
}

/** Looks at lab-1's ovs-vswitchd for ten seconds. */
export const idle = async ({ on }: Bench): Promise<Idle> => {
  const seconds = 10;
  const look = `${CPU}; sed -n 's/^VmRSS:[[:space:]]*\\([0-9]*\\) kB/rss=\\1/p' /proc/${PID}/status`;
  const [before, after] = (await on("lab-1", `${look}; echo /; sleep ${seconds}; ${look}`)).split(
    "/",
  );
  const ticks = number(after ?? "", "cpu") - number(before ?? "", "cpu");
  return { megabytes: number(after ?? "", "rss") / 1024, percent: ticks / seconds };
};

/** What one broadcast of a container costs its host. */
export interface BroadcastCost {
  /** Sent on the underlay. */
  readonly frames: number;
  /** Of ovs-vswitchd's CPU time. */
  readonly ms: number;
  /** How many went through the slow path: all of OpenFlow's tables instead of a cached flow. */
  readonly slow: number;
}

/** Declared peers behind lab-2, which throws away what comes for them: so frames are really sent. */
export const routeToDeclared = async ({ on }: Bench): Promise<void> => {
  await on("lab-2", `ip route replace blackhole ${DECLARED_NETWORK}`);
  await on(
    "lab-1",
    `ip route replace ${DECLARED_NETWORK} via 192.168.56.106 dev br-phy && ping -c 2 192.168.56.106 >/dev/null`,
  );
};

/** Starts Open vSwitch on lab-1 anew, so that its memory is what this state needs, not the most that any needed. */
export const restartSwitch = async (bench: Bench): Promise<void> => {
  await bench.on("lab-1", "systemctl restart openvswitch && sleep 5");
  // br-phy was made anew, without the route over it.
  await routeToDeclared(bench);
};

/** Takes {@link routeToDeclared} back. */
export const unroute = async ({ on }: Bench): Promise<void> => {
  await on("lab-1", `ip route del ${DECLARED_NETWORK}`);
  await on("lab-2", `ip route del blackhole ${DECLARED_NETWORK}`);
};

/** Broadcasts from container a1, an even stream of them. */
export const broadcastCost = async ({ on }: Bench): Promise<BroadcastCost> => {
  const count = 200;
  const look = `echo "frames=$(cat /sys/class/net/eth0/statistics/tx_packets)"; ${CPU}
ovs-appctl dpctl/show | sed -n 's/.*missed:\\([0-9]*\\).*/missed=\\1/p'`;
  const ping = (times: number) =>
    `nsenter -t "$pid" -n ping -q -b -c ${times} -i 0.02 -W 1 10.1.2.255 >/dev/null 2>&1`;
  const said = await on(
    "lab-1",
    // The first ones find their way, which the others then know.
    `pid=$(docker inspect --format '{{.State.Pid}}' a1); ${ping(5)}; sleep 1
${look}; echo /; ${ping(count)}; sleep 1; ${look}`,
  );
  const [before = "", after = ""] = said.split("/");
  const per = (name: string) => (number(after, name) - number(before, name)) / count;
  return { frames: per("frames"), ms: per("cpu") * 10, slow: per("missed") };
};
