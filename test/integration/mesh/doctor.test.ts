import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { editedInventory } from "../../support/edited-inventory.ts";
import { type MeshLab, meshLab } from "../../support/mesh-lab.ts";
import { type Scratch, scratch } from "../../support/scratch.ts";
import { noStranger, stranger, strangeServer } from "../../support/stranger.ts";

interface Fault {
  readonly name: string;
  readonly on: string;
  readonly inject: string;
  readonly takeBack: string;
  /** What every host has to forget afterwards. */
  readonly everywhere?: string;
  /** What is to be found, by host; on the others nothing. */
  readonly found: Readonly<Record<string, string>>;
}

let lab: MeshLab;
let files: Scratch;

const each = (command: string): Promise<readonly string[]> =>
  Promise.all(["lab-1", "lab-2", "lab-3"].map((host) => lab.on(host, command)));

beforeAll(async () => {
  files = scratch();
  lab = await meshLab("127.0.78");
  const { code, stdout, stderr } = await lab.weft(["run", "playbooks/mesh.ts"]);
  if (code !== 0) throw new Error(`${stdout}${stderr}`);
  // Or it would mend what is broken here before anybody looks.
  await each("systemctl kill --signal=STOP weft-agent");
});
afterAll(async () => {
  files.remove();
  await lab.end();
});

/** The names of faults that doctor.ts finds on each host. */
const look = async (...more: readonly string[]) => {
  const { code, stdout, stderr } = await lab.weft([
    "run",
    "playbooks/doctor.ts",
    "--output",
    "json",
    ...more,
  ]);
  const found: Record<string, string> = {};
  for (const line of stdout.split("\n").filter((it) => it !== "")) {
    const event = JSON.parse(line);
    if (event.type !== "task-end" || event.status !== "failed") continue;
    const { message } = event.failure;
    found[event.host] = /^\d+ faults?: (.+)$/.exec(message)?.[1] ?? message;
  }
  return { code, stderr, found };
};

/** A shell command within a container. */
const inside = (container: string, command: string): string =>
  `nsenter -n -t $(docker inspect -f '{{.State.Pid}}' ${container}) ${command}`;

/**
 * Takes flows from a bridge. Open vSwitch 3.1.0 now and then goes on dropping what one of them
 * dropped, for as long as packets come: what the datapath has made of them is thrown away.
 */
const withoutFlows = (flows: string): string =>
  `ovs-ofctl del-flows ${flows} && ovs-appctl revalidator/purge`;

const faults: readonly Fault[] = [
  {
    name: "a host that another does not reach",
    on: "lab-1",
    inject: "ovs-ofctl add-flow br-phy priority=100,ip,nw_src=192.168.56.106,actions=drop",
    takeBack: withoutFlows("br-phy ip,nw_src=192.168.56.106"),
    found: { "lab-1": "peer unreachable", "lab-2": "peer unreachable" },
  },
  {
    name: "UDP 4789 blocked, on the host that it does not come in at",
    on: "lab-1",
    inject: "ovs-ofctl add-flow br-phy priority=100,in_port=eth0,udp,tp_dst=4789,actions=drop",
    takeBack: withoutFlows("br-phy udp,tp_dst=4789"),
    found: { "lab-1": "UDP 4789 blocked" },
  },
  {
    name: "another VNI",
    on: "lab-1",
    inject: "ovs-vsctl set Interface vx42-lab-2 options:key=7",
    takeBack: "ovs-vsctl set Interface vx42-lab-2 options:key=42",
    found: { "lab-1": "VNI mismatch" },
  },
  {
    name: "another MTU",
    on: "lab-2",
    inject: inside("b1", "ip link set dev eth1 mtu 1400"),
    takeBack: inside("b1", "ip link set dev eth1 mtu 1450"),
    found: { "lab-2": "MTU mismatch" },
  },
  {
    name: "checksums left to hardware with the userspace datapath",
    on: "lab-3",
    inject: inside("c1", "ethtool -K eth0 tx on"),
    takeBack: inside("c1", "ethtool -K eth0 tx off"),
    found: { "lab-3": "checksum offload on" },
  },
  {
    name: "a tunnel port that is not protected",
    on: "lab-1",
    inject: "ovs-vsctl set Port vx42-lab-2 protected=false",
    takeBack: "ovs-vsctl set Port vx42-lab-2 protected=true",
    everywhere: "ovs-appctl fdb/flush vxbr",
    found: { "lab-1": "unprotected tunnel port" },
  },
  {
    name: "a port without a device",
    on: "lab-2",
    inject: "ovs-vsctl add-port vxbr gone0 || true",
    takeBack: "ovs-vsctl del-port vxbr gone0",
    found: { "lab-2": "stale port" },
  },
  {
    name: "an address that a stranger on another host has as well",
    on: "lab-3",
    inject: stranger("10.1.2.11/24"),
    takeBack: noStranger,
    found: { "lab-1": "duplicate address" },
  },
  {
    name: "a DHCP server that does not run",
    on: "lab-1",
    inject: "systemctl stop dhcpd",
    takeBack: "systemctl start dhcpd",
    found: { "lab-1": "DHCP server not running" },
  },
  {
    name: "a DHCP server that hears nobody",
    on: "lab-1",
    inject: "ovs-ofctl add-flow vxbr priority=100,udp,tp_dst=67,actions=drop",
    takeBack: withoutFlows("vxbr udp,tp_dst=67"),
    found: { "lab-1": "DHCP server not reachable" },
  },
  {
    name: "a DHCP server that one host does not reach",
    on: "lab-3",
    inject: "ovs-ofctl add-flow vxbr priority=100,udp,tp_dst=67,actions=drop",
    takeBack: withoutFlows("vxbr udp,tp_dst=67"),
    found: { "lab-3": "DHCP server not reachable" },
  },
  {
    name: "a second DHCP server",
    on: "lab-1",
    inject: strangeServer,
    takeBack: noStranger,
    found: { "lab-1": "second DHCP server" },
  },
  {
    name: "a DHCP client that is dead",
    on: "lab-2",
    inject: "systemctl stop 'weft-dhcp-*'",
    takeBack: "/usr/local/libexec/weft/nic restore",
    found: { "lab-2": "dead DHCP client" },
  },
  {
    name: "a default route that left docker0",
    on: "lab-1",
    inject: inside("a2", "ip route replace default via 10.1.2.1"),
    takeBack: inside("a2", "ip route replace default via 172.17.0.1"),
    found: { "lab-1": "wrong default route" },
  },
  {
    name: "a stopped container",
    on: "lab-2",
    inject: "docker stop -t 0 b1",
    takeBack: "docker start b1 && /usr/local/libexec/weft/nic restore",
    found: { "lab-2": "container not running" },
  },
  {
    name: "Open vSwitch stopped, and not what follows from it",
    on: "lab-3",
    inject: "systemctl stop ovs-vswitchd",
    takeBack: "systemctl start openvswitch && /usr/local/libexec/weft/nic restore",
    found: { "lab-3": "Open vSwitch not running" },
  },
  {
    name: "an agent that does not run",
    on: "lab-3",
    inject: "systemctl stop weft-agent",
    takeBack: "systemctl start weft-agent",
    found: { "lab-3": "agent not running" },
  },
];

describe("doctor.ts", () => {
  it("finds a converged mesh healthy", async () => {
    expect(await look()).toMatchObject({ code: 0, found: {} });
  });

  it.each(faults)(
    "finds $name, and nothing else",
    async ({ on, inject, takeBack, everywhere, found }) => {
      await lab.on(on, inject);
      try {
        const seen = await look();
        expect(seen.found, seen.stderr).toEqual(found);
        expect(seen.code).toBe(2);
      } finally {
        await lab.on(on, takeBack);
        if (everywhere !== undefined) await each(everywhere);
      }
    },
  );

  it("finds the mesh healthy again", async () => {
    expect(await look()).toMatchObject({ code: 0, found: {} });
  });

  it("finds what is wrong with a host's second network, and nothing else", async () => {
    const inventory = files.write(
      "two.ts",
      editedInventory(`Object.values(mesh).forEach((host: any, index) => {
  host.networks = [{ bridge: "vxbr2", vni: 43 }];
  host.containers[0].nics.push({ name: "eth7", address: \`10.1.3.${"$"}{index + 1}/24\`, bridge: "vxbr2" });
});`),
    );
    const { code, stdout, stderr } = await lab.weft(["run", "playbooks/mesh.ts", "-i", inventory]);
    expect(code, `${stdout}${stderr}`).toBe(0);
    expect(await look("-i", inventory)).toMatchObject({ code: 0, found: {} });
    await lab.on("lab-1", "ovs-vsctl set Interface vx43-lab-2 options:key=7");
    const seen = await look("-i", inventory);
    expect(seen.found, seen.stderr).toEqual({ "lab-1": "VNI mismatch" });
    await lab.on(
      "lab-3",
      `ovs-vsctl add-port vxbr2 gone0; ${inside("c1", "ip link set dev eth7 mtu 1300")}`,
    );
    expect((await look("-i", inventory)).found).toEqual({
      "lab-1": "VNI mismatch",
      "lab-3": "stale port, MTU mismatch",
    });
  });
});
