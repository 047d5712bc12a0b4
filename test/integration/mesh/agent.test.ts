import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type MeshLab, meshLab } from "../../support/mesh-lab.ts";
import { changedTasks, expectUnchanged, footprint, said } from "../../support/mesh-state.ts";

// Whatever happens to a host, its own agent brings the network back: no run of a playbook takes part.

const HOSTS = ["lab-1", "lab-2", "lab-3"] as const;
const MESH = ["run", "playbooks/mesh.ts", "--output", "json"] as const;
const VERIFY = ["run", "playbooks/verify.ts", "--output", "json"] as const;
/** Milliseconds from the fault's end to a network that is verified. */
const LIMIT = 30_000;

let lab: MeshLab;
/** Of each host, before any fault. */
let whole: readonly string[];

const footprints = () => Promise.all(HOSTS.map((host) => footprint(lab, host)));

beforeAll(async () => {
  lab = await meshLab("127.0.59");
  const result = await lab.weft([...MESH]);
  expect(result.code, said(result)).toBe(0);
  whole = await footprints();
});
afterAll(() => lab.end());

const expectWhole = async (): Promise<void> => {
  const began = performance.now();
  await vi.waitFor(async () => expect(await footprints()).toEqual(whole), {
    timeout: LIMIT,
    interval: 300,
  });
  const result = await lab.weft([...VERIFY]);
  expect(result.code, said(result)).toBe(0);
  expect(performance.now() - began).toBeLessThan(LIMIT);
  expectUnchanged(await lab.weft([...MESH]));
};

const reboot = async (...hosts: readonly string[]): Promise<void> => {
  const result = await lab.weft(["lab", "reboot", ...hosts]);
  expect(result.code, said(result)).toBe(0);
};

describe("the network comes back by itself after", () => {
  it.each(HOSTS)("a reboot of %s", async (host) => {
    await reboot(host);
    await expectWhole();
  });

  it("a reboot of all hosts at once", async () => {
    await reboot();
    await expectWhole();
  });

  it.each([
    ["docker restart", "lab-2", "docker restart -t 0 b1 b2"],
    ["docker kill and start", "lab-1", "docker kill a1 a2; docker start a1 a2"],
    ["a restart of dockerd", "lab-2", "systemctl restart docker"],
    ["a restart of ovs-vswitchd", "lab-1", "systemctl restart ovs-vswitchd"],
    ["a crash of ovs-vswitchd", "lab-1", "pkill -KILL -x ovs-vswitchd"],
    [
      "an agent that is killed, and one that was not there to see",
      "lab-2",
      "pkill -KILL -o -x agent; sleep 3; systemctl stop weft-agent; docker restart -t 0 b1 b2; systemctl start weft-agent",
    ],
    [
      "the loss of parts of the agent and of a DHCP client",
      "lab-3",
      "pkill -KILL -f '^docker events'; pkill -KILL -f '^ip monitor'; pkill -KILL -x dhclient; docker restart -t 0 c1",
    ],
  ])("%s", async (_, host, fault) => {
    await lab.on(host, fault);
    await expectWhole();
  });

  it("a hundred restarts in a row", async () => {
    await lab.on("lab-2", "for i in $(seq 50); do docker restart -t 0 b1 b2 || exit 1; done");
    await expectWhole();
  });

  it("restarts while a playbook's run attaches NICs too", async () => {
    const [, ...runs] = await Promise.all([
      lab.on("lab-3", "for i in $(seq 8); do docker restart -t 0 c1 c2 || exit 1; done"),
      lab.weft([...MESH]),
    ]);
    // A container may be down just when its NIC is to be attached: the run then says so.
    for (const run of runs) expect([0, 2], said(run)).toContain(run.code);
    await expectWhole();
  });
});

describe("a container that is gone", () => {
  it("by docker kill leaves neither port nor client, and keeps its lease", async () => {
    await lab.on("lab-1", "docker kill a2");
    await vi.waitFor(async () => {
      const now = await footprint(lab, "lab-1");
      expect(now).not.toMatch(/port wv027558a48bdb|stale|dhclient /);
      expect(now).toContain("/var/lib/dhclient/weft-wv027558a48bdb.leases");
    }, LIMIT);
    await lab.on("lab-1", "docker start a2");
    await expectWhole();
  });

  it("by docker rm leaves nothing, and is the only thing that the next run makes", async () => {
    await lab.on(
      "lab-3",
      "mkdir -p /var/run/netns; ln -s /proc/4194304/ns/net /var/run/netns/c2; docker rm -f c2",
    );
    await vi.waitFor(async () => {
      const now = await footprint(lab, "lab-3");
      expect(now).not.toMatch(/stale|netns|dhclient/);
      expect(now.match(/^port /gm)).toHaveLength(1);
    }, LIMIT);
    const log = await lab.on("lab-3", "journalctl -u weft-agent -o cat --no-pager");
    expect(log).toContain("c2 eth1: lease of a removed container removed");
    const result = await lab.weft([...MESH]);
    expect(result.code, said(result)).toBe(0);
    expect(changedTasks(result)).toEqual(["lab-3: c2 eth1 dhcp on vxbr", "lab-3: container c2"]);
    await expectWhole();
  });
});

describe("the agent", () => {
  // A look that waits for the lock, while a run, which has the lock, writes another state and then goes on.
  it("leaves another state to the run that has just written it", async () => {
    const mtu =
      "nsenter -t $(docker inspect -f '{{.State.Pid}}' a1) -n ip -o link show dev eth0 | sed 's/.* mtu \\([0-9]*\\) .*/\\1/'";
    const said = await lab.on(
      "lab-1",
      `cd /root && state=/etc/weft/network && cp -p $state state
exec 9>/var/run/weft/lock && flock 9
{ /usr/local/libexec/weft/nic restore settled 2>&1; echo $?; } 9>&- >said & look=$!
sleep 1
sed 's/ 1450 / 1400 /' state >$state
exec 9>&-
wait $look
echo "$(cat said) $(${mtu})"
cp -p state $state
rm said state`,
    );
    expect(said).toBe("75 1450");
    await expectWhole();
  });

  it("sleeps while nothing happens", async () => {
    // In hundredths of a second, of all its processes and of those that have ended.
    const spent = () =>
      lab.on(
        "lab-1",
        "for pid in $(pgrep -x agent); do sed 's/.*) //' /proc/$pid/stat; done | awk '{ n += $12 + $13 + $14 + $15 } END { print n }'",
      );
    const before = Number(await spent());
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(Number(await spent()) - before).toBeLessThan(20);
  });
});
