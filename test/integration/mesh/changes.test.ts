import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { vethName } from "../../../tasks/nic/names.ts";
import { editedInventory } from "../../support/edited-inventory.ts";
import { type MeshLab, meshLab } from "../../support/mesh-lab.ts";
import { changedTasks, expectUnchanged, said } from "../../support/mesh-state.ts";
import { type Scratch, scratch } from "../../support/scratch.ts";

// One mesh whose inventory is edited again and again: each edit changes what differs and nothing else.

let lab: MeshLab;
let files: Scratch;
const edits: string[] = [];

/** The lab's inventory with all edits so far: statements about `hosts`, `mesh` and `dhcp`. */
const inventory = (): string =>
  files.write(
    "edited.ts",
    editedInventory(
      "const container = (host: string, name: string) => mesh[host].containers.find((it: any) => it.name === name);",
      'const { nics: _, name: __, ...box } = mesh["lab-1"].containers[0];',
      ...edits,
    ),
  );

const run = (playbook: string, ...flags: readonly string[]) =>
  lab.weft(["run", `playbooks/${playbook}.ts`, "-i", inventory(), "--output", "json", ...flags]);

beforeAll(async () => {
  files = scratch();
  lab = await meshLab("127.0.68");
  const result = await run("mesh");
  expect(result.code, said(result)).toBe(0);
});
afterAll(async () => {
  files.remove();
  await lab.end();
});

const state = "file /etc/weft/network";
const onAll = (...tasks: readonly string[]) =>
  ["lab-1", "lab-2", "lab-3"].flatMap((host) => tasks.map((task) => `${host}: ${task}`));
const firewall = (host: string, peers: string) =>
  `${host}: firewall vxlan: UDP 4789 from ${peers} only`;
const tunnels = (host: string, vni: number, ...peers: readonly string[]) =>
  `${host}: VXLAN ${vni} on vxbr: tunnels to ${peers.join(", ")}`;

interface Edit {
  readonly what: string;
  readonly edit: string;
  readonly changes: readonly string[];
  /** Left out: that it carries traffic is told by the step that follows. */
  readonly verified?: true;
  /** What a root shell does first, on a host. */
  readonly first?: readonly [host: string, command: string];
}

const sequence: readonly Edit[] = [
  {
    what: "a container is added",
    edit: `mesh["lab-2"].containers.push({ ...box, name: "b3", nics: [{ name: "eth0", address: "10.1.2.22/24" }] });`,
    changes: [`lab-2: ${state}`, "lab-2: container b3", "lab-2: b3 eth0 10.1.2.22/24 on vxbr"],
  },
  {
    what: "a container gets another address",
    edit: `container("lab-2", "b3").nics[0].address = "10.1.2.23/24";`,
    changes: [`lab-2: ${state}`, "lab-2: b3 eth0 10.1.2.23/24 on vxbr"],
  },
  {
    what: "a static address becomes a lease",
    edit: `container("lab-2", "b3").nics[0].address = "dhcp";`,
    changes: [`lab-2: ${state}`, "lab-2: b3 eth0 dhcp on vxbr"],
  },
  {
    what: "a lease becomes a static address again",
    verified: true,
    edit: `container("lab-2", "b3").nics[0].address = "10.1.2.22/24";`,
    changes: [`lab-2: ${state}`, "lab-2: b3 eth0 10.1.2.22/24 on vxbr"],
  },
  {
    what: "a container moves to another host",
    verified: true,
    edit: `mesh["lab-3"].containers.push(mesh["lab-2"].containers.pop());`,
    changes: [
      `lab-2: ${state}`,
      "lab-2: no other containers' NICs",
      `lab-3: ${state}`,
      "lab-3: container b3",
      "lab-3: b3 eth0 10.1.2.22/24 on vxbr",
    ],
  },
  {
    what: "two NICs get a VLAN of their own",
    verified: true,
    edit: `container("lab-3", "b3").nics[0].vlan = 7; container("lab-1", "a1").nics[0].vlan = 7;`,
    changes: [
      `lab-1: ${state}`,
      "lab-1: a1 eth0 10.1.2.11/24 on vxbr",
      `lab-3: ${state}`,
      "lab-3: b3 eth0 10.1.2.22/24 on vxbr",
    ],
  },
  {
    what: "a container's entry is removed",
    edit: `mesh["lab-2"].containers = mesh["lab-2"].containers.filter((it: any) => it.name !== "b2");`,
    changes: [`lab-2: ${state}`, "lab-2: no other containers' NICs"],
  },
  {
    what: "the underlay's MTU is another",
    verified: true,
    edit: `for (const vars of Object.values<any>(mesh)) vars.underlay.mtu = 1400;`,
    changes: [
      ...onAll("bridge vxbr", state),
      "lab-1: a1 eth0 10.1.2.11/24 on vxbr",
      "lab-1: a2 eth1 dhcp on vxbr",
      "lab-2: b1 eth1 10.1.2.21/24 on vxbr",
      "lab-3: b3 eth0 10.1.2.22/24 on vxbr",
      "lab-3: c1 eth0 10.1.2.31/24 on vxbr",
      "lab-3: c2 eth1 dhcp on vxbr",
    ],
  },
  {
    what: "the network gets another VNI",
    verified: true,
    edit: `for (const vars of Object.values<any>(mesh)) vars.vni = 43;`,
    changes: [
      tunnels("lab-1", 43, "lab-2", "lab-3"),
      tunnels("lab-2", 43, "lab-1", "lab-3"),
      tunnels("lab-3", 43, "lab-1", "lab-2"),
    ],
  },
  {
    what: "a host's underlay address is another",
    verified: true,
    first: ["lab-3", "ip address add 192.168.56.207/24 dev eth0"],
    edit: `mesh["lab-3"].underlay.address = "192.168.56.207";`,
    changes: [
      firewall("lab-1", "2 peers"),
      firewall("lab-2", "2 peers"),
      tunnels("lab-1", 43, "lab-2", "lab-3"),
      tunnels("lab-2", 43, "lab-1", "lab-3"),
      tunnels("lab-3", 43, "lab-1", "lab-2"),
      "lab-3: underlay 192.168.56.207 on eth0",
    ],
  },
  {
    what: "a host is removed",
    edit: `const gone = [hosts["lab-3"], mesh["lab-3"]]; delete hosts["lab-3"]; delete mesh["lab-3"];`,
    changes: [
      firewall("lab-1", "1 peer"),
      firewall("lab-2", "1 peer"),
      tunnels("lab-1", 43, "lab-2"),
      tunnels("lab-2", 43, "lab-1"),
    ],
  },
  {
    what: "a host is added",
    verified: true,
    edit: `[hosts["lab-3"], mesh["lab-3"]] = gone;`,
    changes: [
      firewall("lab-1", "2 peers"),
      firewall("lab-2", "2 peers"),
      tunnels("lab-1", 43, "lab-2", "lab-3"),
      tunnels("lab-2", 43, "lab-1", "lab-3"),
    ],
  },
  {
    what: "a second network is added, with a DHCP server of its own",
    verified: true,
    edit: `for (const vars of Object.values<any>(mesh)) vars.networks = [{ bridge: "vxbr2", vni: 50 }];
container("lab-2", "b1").nics.push({ name: "eth2", address: "10.1.3.21/24", bridge: "vxbr2" });
container("lab-3", "c1").nics.push({ name: "eth1", address: "dhcp", bridge: "vxbr2" });
dhcp["lab-2"] = { bridge: "vxbr2", address: "10.1.3.1/24", range: { from: "10.1.3.100", to: "10.1.3.199" } };`,
    changes: [
      ...onAll("bridge vxbr2", state),
      "lab-1: VXLAN 50 on vxbr2: tunnels to lab-2, lab-3",
      "lab-2: VXLAN 50 on vxbr2: tunnels to lab-1, lab-3",
      "lab-3: VXLAN 50 on vxbr2: tunnels to lab-1, lab-2",
      "lab-2: package dhcp-server",
      "lab-2: firewall dhcp: UDP 67 on vxbr2",
      "lab-2: DHCP server on vxbr2",
      "lab-2: b1 eth2 10.1.3.21/24 on vxbr2",
      "lab-3: c1 eth1 dhcp on vxbr2",
    ],
  },
  {
    what: "a network is removed",
    verified: true,
    edit: `for (const vars of Object.values<any>(mesh)) vars.networks = [];
container("lab-2", "b1").nics.pop();
container("lab-3", "c1").nics.pop();
delete dhcp["lab-2"];`,
    changes: [
      ...onAll("no other networks' bridges", state),
      "lab-2: no other DHCP server",
      "lab-2: firewall dhcp absent",
      "lab-2: no other containers' NICs",
      "lab-3: no other containers' NICs",
    ],
  },
];

describe("nothing else changes when", () => {
  it.each(sequence)("$what", async ({ edit, changes, verified, first }) => {
    if (first) await lab.on(...first);
    edits.push(edit);
    const planned = await run("mesh", "--check", "--diff");
    expect(planned.code, said(planned)).toBe(0);
    expect(changedTasks(planned), said(planned)).toEqual([...changes].sort());
    const result = await run("mesh");
    expect(result.code, said(result)).toBe(0);
    expect(changedTasks(result), said(result)).toEqual([...changes].sort());
    if (verified) {
      const answer = await run("verify");
      expect(answer.code, said(answer)).toBe(0);
    }
    expectUnchanged(await run("mesh"));
  });

  it("left a container running whose entry went, without a NIC", async () => {
    expect(await lab.on("lab-2", "docker inspect --format '{{.State.Running}}' b2 b3")).toBe(
      "true\ntrue",
    );
    // Its client and its lease went with the NIC; the other container has a static address.
    expect(
      await lab.on(
        "lab-2",
        "ls /var/lib/dhclient /var/run | grep -e weft-wv -e dhclient-wv || echo none",
      ),
    ).toBe("none");
    expect(await lab.on("lab-2", "ovs-vsctl list-ports vxbr | grep -c '^wv'")).toBe("1");
  });
});

describe("a NIC that another tool attached", () => {
  // As pipework does it with an Open vSwitch bridge.
  const pipework = `ip link add vETH0plPID mtu 1350 type veth peer name vETH0pgPID mtu 1350
ovs-vsctl add-port vxbr vETH0plPID && ip link set vETH0plPID up
ip link set vETH0pgPID netns PID name ETH0
nsenter -t PID -n ip address add ADDRESS dev ETH0 && nsenter -t PID -n ip link set ETH0 up`;

  const detachByHand = (host: string, veth: string) =>
    lab.on(host, `systemctl stop weft-agent && /usr/local/libexec/weft/nic detach ${veth}`);
  const insideOf = async (host: string, container: string, nic: string) =>
    (await lab.on(host, `docker exec ${container} cat /sys/class/net/${nic}/ifindex`)).trim();

  it.each([
    [
      "ovs-docker",
      "lab-2",
      "b1",
      "eth1",
      "10.1.2.21/24",
      "ovs-docker add-port vxbr eth1 b1 --ipaddress=10.1.2.21/24",
    ],
    ["pipework", "lab-3", "c1", "eth0", "10.1.2.31/24", pipework],
  ])("is adopted: %s", async (_, host, container, nic, address, command) => {
    await detachByHand(host, vethName(container, nic));
    const pid = await lab.on(host, `docker inspect --format '{{.State.Pid}}' ${container}`);
    await lab.on(
      host,
      command.replaceAll("ETH0", nic).replaceAll("PID", pid).replaceAll("ADDRESS", address),
    );
    const before = await insideOf(host, container, nic);
    const result = await run("mesh");
    expect(result.code, said(result)).toBe(0);
    expect(changedTasks(result), said(result)).toEqual([
      `${host}: agent that brings NICs back`,
      `${host}: ${container} ${nic} ${address} on vxbr`,
    ]);
    expect(await insideOf(host, container, nic)).toBe(before);
    expect(
      await lab.on(host, "ovs-vsctl list-ports vxbr | grep -E '_l$|pl[0-9]' || echo none"),
    ).toBe("none");
    expectUnchanged(await run("mesh"));
  });

  it("leaves no port behind where it went with its container", async () => {
    await lab.on(
      "lab-3",
      "systemctl stop weft-agent; ovs-vsctl add-port vxbr veth1pl4194304 -- add-port vxbr 0123456789abc_l -- set Interface 0123456789abc_l external_ids:container_id=gone external_ids:container_iface=eth1 || true",
    );
    expect(
      await lab.on(
        "lab-3",
        "systemctl stop weft-agent; /usr/local/libexec/weft/nic restore | sort; systemctl start weft-agent",
      ),
    ).toBe(
      "0123456789abc_l: port of an ended container removed\nveth1pl4194304: port of an ended container removed",
    );
    const verified = await run("verify");
    expect(verified.code, said(verified)).toBe(0);
  });
});

describe("a container whose name is the beginning of another one's ID", () => {
  // Docker takes such a name for the ID as long as no container is called so.
  it("is made beside the other one, which stays as it is", async () => {
    const image = await lab.on("lab-2", "docker inspect --format '{{.Config.Image}}' b1");
    const id = await lab.on("lab-2", `docker run -d --name other --net none ${image} sleep 9999`);
    const name = id.slice(0, 8);
    edits.push(
      `mesh["lab-2"].containers.push({ ...box, name: "${name}", nics: [{ name: "eth0", address: "10.1.2.24/24" }] });`,
    );
    const changes = [
      `lab-2: container ${name}`,
      `lab-2: file /etc/weft/network`,
      `lab-2: ${name} eth0 10.1.2.24/24 on vxbr`,
    ].sort();
    const planned = await run("mesh", "--check");
    expect(changedTasks(planned), said(planned)).toEqual(changes);
    const result = await run("mesh");
    expect(result.code, said(result)).toBe(0);
    expect(changedTasks(result), said(result)).toEqual(changes);
    const answer = await run("verify");
    expect(answer.code, said(answer)).toBe(0);
    expectUnchanged(await run("mesh"));
    expect(await insideNics("other")).toBe("lo");

    // The agent sees a declared container that is gone, and the other one that answers to its name.
    await lab.on("lab-2", `docker rm -f ${name} && systemctl restart weft-agent && sleep 2`);
    expect(await insideNics("other")).toBe("lo");
    expect(await lab.on("lab-2", "docker inspect --format '{{.Id}}' other")).toBe(id);
    const again = await run("mesh");
    expect(again.code, said(again)).toBe(0);
    expect(changedTasks(again), said(again)).toEqual(
      changes.filter((it) => !it.endsWith("network")),
    );
  });

  const insideNics = (container: string) =>
    lab.on("lab-2", `docker exec ${container} ls /sys/class/net | tr '\\n' ' ' | sed 's/ $//'`);
});
