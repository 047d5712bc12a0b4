import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { sh } from "weft";
import { portFlows } from "../../../tasks/ovs/port-flows.ts";
import { tunnelName } from "../../../tasks/ovs/tunnels.ts";
import { peersOf, vxlanMesh } from "../../../tasks/vxlan-mesh.ts";
import { answer } from "./answer.ts";
import { fakeProgram, runHere, scratchFolder, shells } from "./on-this-machine.ts";

const mesh = vxlanMesh({
  bridge: "vxbr",
  localIp: "192.168.56.105",
  peers: [
    { name: "lab-2", address: "192.168.56.106" },
    { name: "lab-3", address: "192.168.56.107" },
  ],
  vni: 42,
});

interface PortRow {
  readonly name: string;
  /** Its bridge; default: vxbr. */
  readonly on?: string;
  readonly peer?: string;
  readonly protected?: boolean;
  readonly options?: Record<string, string>;
  readonly error?: string;
  readonly type?: string;
}

const tunnel = (number: number, more: Partial<PortRow> = {}): PortRow => ({
  name: `vx42-lab-${number}`,
  peer: `lab-${number}`,
  protected: true,
  type: "vxlan",
  options: { key: "42", local_ip: "192.168.56.105", remote_ip: `192.168.56.${104 + number}` },
  ...more,
});

// As `ovs-vsctl --format=json` of Open vSwitch 3.1.0 prints the three tables.
const ovs = (ports: readonly PortRow[], more: readonly string[] = []) => {
  const entries = (it: object) => ["map", Object.entries(it)];
  const table = (headings: string[], data: unknown[]) => JSON.stringify({ data, headings });
  const bridge = (name: string, mode: string) => [
    name,
    [
      "set",
      ports.filter(({ on = "vxbr" }) => on === name).map((port) => ["uuid", `p-${port.name}`]),
    ],
    "netdev",
    mode,
  ];
  return answer(
    [
      ...more,
      table(
        ["name", "ports", "datapath_type", "fail_mode"],
        [
          bridge("vxbr", "standalone"),
          ...(ports.some(({ on }) => on === "vxbr-tun") ? [bridge("vxbr-tun", "secure")] : []),
        ],
      ),
      table(
        ["_uuid", "name", "protected", "external_ids", "interfaces"],
        ports.map(({ name, peer, protected: split = false }) => [
          ["uuid", `p-${name}`],
          name,
          split,
          entries(peer === undefined ? {} : { weft_peer: peer }),
          ["uuid", `i-${name}`],
        ]),
      ),
      table(
        ["_uuid", "name", "type", "options", "error"],
        ports.map(({ name, type = "", options = {}, error }) => [
          ["uuid", `i-${name}`],
          name,
          type,
          entries(options),
          error ?? ["set", []],
        ]),
      ),
      "ovs=0\n",
    ].join("\n"),
  );
};

const planned = (ports: readonly PortRow[]) => mesh.plan(mesh.probe.parse(ovs(ports)));

describe("vxlanMesh", () => {
  it("adds every tunnel, protected from the start, in one transaction", () => {
    const [change, ...others] = mesh.plan(mesh.probe.parse(answer("ovs=absent\n")));
    expect(others).toEqual([]);
    expect(change?.summary).toBe("add tunnels to lab-2, lab-3");
    expect(change?.command.script).toBe(
      'ovs-vsctl --timeout=60 -- --may-exist add-port vxbr vx42-lab-2 -- set Port vx42-lab-2 protected=true \'external_ids:weft_peer="lab-2"\' -- set Interface vx42-lab-2 type=vxlan \'options={key="42",local_ip="192.168.56.105",remote_ip="192.168.56.106"}\' -- --may-exist add-port vxbr vx42-lab-3 -- set Port vx42-lab-3 protected=true \'external_ids:weft_peer="lab-3"\' -- set Interface vx42-lab-3 type=vxlan \'options={key="42",local_ip="192.168.56.105",remote_ip="192.168.56.107"}\'',
    );
    expect(change?.diff?.after).toBe(
      "vx42-lab-2: vxlan 42 192.168.56.105 -> 192.168.56.106 protected\nvx42-lab-3: vxlan 42 192.168.56.105 -> 192.168.56.107 protected\n",
    );
  });

  it("has nothing to do on a bridge that is as declared, whatever else is on it", () => {
    expect(planned([tunnel(2), tunnel(3), { name: "eth7" }])).toEqual([]);
  });

  it.each([
    ["an unprotected port", tunnel(3, { protected: false })],
    ["another peer's address", tunnel(3, { options: { key: "42", remote_ip: "192.168.56.99" } })],
    [
      "an option that nobody declared",
      tunnel(3, {
        options: {
          key: "42",
          local_ip: "192.168.56.105",
          remote_ip: "192.168.56.107",
          csum: "true",
        },
      }),
    ],
    ["another type", tunnel(3, { type: "gre" })],
    ["a port of that name without weft's mark", { ...tunnel(3), peer: "" }],
  ])("mends %s, and that one only", (_, port) => {
    const [change] = planned([tunnel(2), port]);
    expect(change?.summary).toBe("mend tunnels to lab-3");
    expect(change?.command.script).not.toContain("lab-2");
  });

  it("removes tunnels to hosts that are no longer listed, and no ports of others", () => {
    const [change] = planned([
      tunnel(2),
      tunnel(3),
      tunnel(4),
      { name: "vx9", type: "vxlan", options: { remote_ip: "192.168.56.9" } },
    ]);
    expect(change?.summary).toBe("remove tunnels to lab-4");
    expect(change?.command.script).toBe(
      "ovs-vsctl --timeout=60 -- --if-exists del-port vxbr vx42-lab-4",
    );
  });

  it("says what Open vSwitch says of a tunnel that it cannot set up", () => {
    expect(() =>
      planned([tunnel(2), tunnel(3, { error: "could not add network device" })]),
    ).toThrow("vx42-lab-3: could not add network device");
  });
});

describe("vxlanMesh where Open vSwitch has no protected ports", () => {
  const flows = ["protected=unknown", "unit=sysv"];
  const plan = (ports: readonly PortRow[], more = flows) =>
    mesh.plan(mesh.probe.parse(ovs(ports, more)));
  const apart = (number: number) => tunnel(number, { on: "vxbr-tun", protected: false });
  const joint = [
    { name: "vxbr-to-tun", type: "patch" },
    { name: "vxbr-of-tun", type: "patch", on: "vxbr-tun" },
  ];
  // As the host answers once all is in place.
  const settled = (() => {
    const texts = plan([]).flatMap(({ diff }) =>
      diff?.subject.startsWith("/etc/") ? [diff.after] : [],
    );
    const script = createHash("sha256").update(portFlows.text).digest("hex");
    return [
      ...flows,
      "flows=current",
      "unit=enabled",
      `${script}  /usr/local/libexec/weft/tunnel-flows`,
      ...texts.map((text) => text.trimEnd().replace(/^/gm, "unit|")),
    ];
  })();

  it("puts the tunnels on a bridge that forwards nothing before its flows are there", () => {
    const [first, ...others] = plan([]);
    expect(first?.summary).toBe(
      "give the tunnels a bridge of their own, vxbr-tun, add tunnels to lab-2, lab-3",
    );
    expect(first?.command.script).toContain(
      "--may-exist add-br vxbr-tun -- set Bridge vxbr-tun datapath_type=netdev fail_mode=secure",
    );
    expect(first?.command.script).toContain("--may-exist add-port vxbr-tun vx42-lab-2");
    expect(first?.command.script).not.toContain("protected");
    expect(others.map(({ summary }) => summary)).toEqual([
      "write /usr/local/libexec/weft/tunnel-flows",
      "write /etc/init.d/weft-flows-vxbr-tun",
      "enable weft-flows-vxbr-tun",
      "keep the tunnels apart by flows on vxbr-tun",
    ]);
  });

  it("has nothing to do where all of it is there", () => {
    expect(plan([...joint, apart(2), apart(3)], settled)).toEqual([]);
  });

  it("puts the flows back where Open vSwitch has lost them", () => {
    const lost = settled.filter((line) => line !== "flows=current");
    const changes = plan([...joint, apart(2), apart(3)], lost);
    expect(changes.map(({ summary }) => summary)).toEqual([
      "keep the tunnels apart by flows on vxbr-tun",
    ]);
  });

  it("gives flows to a tunnel that comes later", () => {
    const changes = plan([...joint, apart(2)], settled);
    expect(changes.map(({ summary }) => summary)).toEqual([
      "add tunnels to lab-3",
      "keep the tunnels apart by flows on vxbr-tun",
    ]);
  });

  it("moves the tunnels back once Open vSwitch has protected ports", () => {
    const [change] = plan([...joint, apart(2), apart(3)], []);
    expect(change?.summary).toBe("remove vxbr-tun, mend tunnels to lab-2, lab-3");
    expect(change?.command.script).toMatch(
      /^ovs-vsctl --timeout=60 -- --if-exists del-br vxbr-tun -- .* -- --may-exist add-port vxbr vx42-lab-2 -- set Port vx42-lab-2 protected=true /,
    );
  });

  /** Has the script write the flows here, with a database that lists its interfaces in this order. */
  const flowsFor = (rows: readonly string[], shell?: (typeof shells)[number]["shell"]): string => {
    const bin = scratchFolder(onTestFinished);
    fakeProgram(
      bin,
      "ovs-vsctl",
      `case $* in
  *list-ports*) printf 'vxbr-of-tun\\nvx42-lab-2\\nvx42-lab-3\\nvx42-lab-4\\n' ;;
  *) cat <<'END'
${rows.join("\n")}
END
esac`,
    );
    fakeProgram(bin, "ovs-ofctl", `[ "$1" != add-flows ] || cat >${bin}/flows`);
    const here = portFlows.text.replace(/^PATH=/m, `PATH=${bin}:`);
    const { exitCode, stderr } = runHere(
      sh`set -- set vxbr-tun; ${{ ...sh``, script: here }}`,
      shell,
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return readFileSync(join(bin, "flows"), "utf8").trim();
  };
  const rows = [
    '"vx42-lab-2",vxlan,7',
    "vxbr-of-tun,patch,1",
    '"vx42-lab-3",vxlan,11',
    "vx42-lab-4,vxlan,-1",
    'eth7,"",3',
  ];

  it.each(shells)(
    "writes flows by which no frame goes from tunnel to tunnel: $name",
    ({ shell }) => {
      expect(
        flowsFor(rows, shell)
          .split("\n")
          .map((line) =>
            line.replace(/^cookie=0x[0-9a-f]+,/, "").replace(/learn\(.*\)/, "learn()"),
          ),
      ).toEqual([
        "table=0,priority=1,in_port=7,actions=learn(),output:1",
        "table=0,priority=1,in_port=11,actions=learn(),output:1",
        "table=0,priority=1,in_port=1,actions=resubmit(,1)",
        "table=1,priority=0,actions=output:7,output:11",
      ]);
    },
  );

  // ovs-vsctl lists rows in the order of a hash table, which is another one as soon as the table grows.
  it("has the same flows in whatever order the database lists the ports", () => {
    expect(flowsFor(rows.toReversed())).toBe(flowsFor(rows));
  });
});

describe("vxlanMesh after vxlanFlowMesh", () => {
  const shared = tunnel(1, { name: "vx42", on: "vxbr-tun", peer: "*" });

  it("removes the tunnels' own bridge and adds protected ports in one transaction", () => {
    const [change, removal, ...others] = mesh.plan(
      mesh.probe.parse(ovs([shared], ["unit=systemd", "unit=enabled", "unit|[Unit]"])),
    );
    expect(change?.summary).toBe(
      "remove vxbr-tun, add tunnels to lab-2, lab-3, remove the port of all tunnels vx42",
    );
    expect(change?.command.script).toMatch(
      /^ovs-vsctl --timeout=60 -- --if-exists del-br vxbr-tun -- .* -- set Port vx42-lab-3 protected=true /,
    );
    expect(removal?.summary).toBe("remove weft-flows-vxbr-tun");
    expect(others).toEqual([]);
  });
});

describe("tunnelName", () => {
  it.each([
    [42, "lab-2", "vx42-lab-2"],
    [16777215, "h1", "vx16777215-h1"],
    [42, "a-host-with-a-long-name", /^vx-[0-9a-f]{12}$/],
    [42, "ho/st", /^vx-[0-9a-f]{12}$/],
  ])("of network %i and peer %s fits an interface's name", (vni, peer, name) => {
    expect(tunnelName(vni, peer)).toMatch(name);
    expect(tunnelName(vni, peer).length).toBeLessThanOrEqual(15);
  });
});

it("a host's peers are all others of the inventory", () => {
  const host = (name: string) => ({ name, vars: { underlay: { address: `ip of ${name}` } } });
  expect(peersOf("b", ["a", "b", "c"].map(host))).toEqual([
    { name: "a", address: "ip of a" },
    { name: "c", address: "ip of c" },
  ]);
});
