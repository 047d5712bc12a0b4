import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { sh } from "weft";
import { peerFlows } from "../../../tasks/ovs/peer-flows.ts";
import { vxlanFlowMesh } from "../../../tasks/vxlan-flow-mesh.ts";
import { answer } from "./answer.ts";
import { fakeProgram, runHere, scratchFolder, shells } from "./on-this-machine.ts";

const mesh = vxlanFlowMesh({
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
  readonly on: "vxbr" | "vxbr-tun";
  readonly ids?: Readonly<Record<string, string>>;
  readonly type: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly error?: string;
}

const joint: readonly PortRow[] = [
  { name: "vxbr-to-tun", on: "vxbr", type: "patch" },
  { name: "vxbr-of-tun", on: "vxbr-tun", type: "patch" },
];

const port = (
  peers: Readonly<Record<string, string>>,
  more: Partial<PortRow> = {},
): readonly PortRow[] => [
  ...joint,
  {
    name: "vx42",
    on: "vxbr-tun",
    type: "vxlan",
    ids: {
      weft_peer: "*",
      ...Object.fromEntries(Object.entries(peers).map(([ip, name]) => [`weft_peer/${ip}`, name])),
    },
    options: { key: "42", local_ip: "192.168.56.105", remote_ip: "flow" },
    ...more,
  },
];

const both = { "192.168.56.106": "lab-2", "192.168.56.107": "lab-3" };

const tunnelOf = (name: string): PortRow => ({
  name: `vx42-${name}`,
  on: "vxbr",
  type: "vxlan",
  ids: { weft_peer: name },
});

// As `ovs-vsctl --format=json` of Open vSwitch 3.1.0 prints the three tables.
const tables = (ports: readonly PortRow[]): string => {
  const entries = (it: object) => ["map", Object.entries(it)];
  const table = (headings: string[], data: unknown[]) => JSON.stringify({ data, headings });
  const bridge = (name: string, mode: string) => [
    name,
    ["set", ports.filter(({ on }) => on === name).map((it) => ["uuid", `p-${it.name}`])],
    "netdev",
    mode,
  ];
  const apart = ports.some(({ on }) => on === "vxbr-tun") ? [bridge("vxbr-tun", "secure")] : [];
  return [
    table(
      ["name", "ports", "datapath_type", "fail_mode"],
      [bridge("vxbr", "standalone"), ...apart],
    ),
    table(
      ["_uuid", "name", "protected", "external_ids", "interfaces"],
      ports.map(({ name, ids = {} }) => [
        ["uuid", `p-${name}`],
        name,
        false,
        entries(ids),
        ["uuid", `i-${name}`],
      ]),
    ),
    table(
      ["_uuid", "name", "type", "options", "error"],
      ports.map(({ name, type, options = {}, error }) => [
        ["uuid", `i-${name}`],
        name,
        type,
        entries(options),
        error ?? ["set", []],
      ]),
    ),
    "ovs=0\n",
  ].join("\n");
};

const plan = (ports: readonly PortRow[], more: readonly string[] = ["unit=systemd"]) =>
  mesh.plan(mesh.probe.parse(answer([...more, tables(ports)].join("\n"))));

// As the host answers about its flows once they are there.
const settled = (() => {
  const texts = plan([]).flatMap(({ diff }) =>
    diff?.subject.startsWith("/etc/") ? [diff.after] : [],
  );
  return [
    `${createHash("sha256").update(peerFlows.text).digest("hex")}  ${peerFlows.path}`,
    "flows=current",
    "unit=systemd",
    "unit=enabled",
    ...texts.map((text) => text.trimEnd().replace(/^/gm, "unit|")),
  ];
})();

describe("vxlanFlowMesh", () => {
  it("makes a bridge that forwards nothing yet, one port and its peers, in one transaction; then flows", () => {
    const [first, ...others] = plan([]);
    expect(first?.summary).toBe(
      "give the tunnels a bridge of their own, vxbr-tun, add port vx42 of all tunnels, add tunnels to lab-2, lab-3",
    );
    expect(first?.command.script).toBe(
      "ovs-vsctl --timeout=60 -- --may-exist add-br vxbr-tun -- set Bridge vxbr-tun datapath_type=netdev fail_mode=secure" +
        " -- --may-exist add-port vxbr vxbr-to-tun -- set Interface vxbr-to-tun type=patch options:peer=vxbr-of-tun" +
        " -- --may-exist add-port vxbr-tun vxbr-of-tun -- set Interface vxbr-of-tun type=patch options:peer=vxbr-to-tun" +
        ' -- --may-exist add-port vxbr-tun vx42 -- set Interface vx42 type=vxlan \'options={key="42",local_ip="192.168.56.105",remote_ip="flow"}\'' +
        ' -- set Port vx42 protected=false external_ids:weft_peer=\'*\' \'external_ids:"weft_peer/192.168.56.106"="lab-2"\' \'external_ids:"weft_peer/192.168.56.107"="lab-3"\'',
    );
    expect(first?.diff?.after).toBe(
      "lab-2 192.168.56.106\nlab-3 192.168.56.107\nvx42: vxlan 42 192.168.56.105 -> flow\n",
    );
    expect(others.map(({ summary }) => summary)).toEqual([
      "write /usr/local/libexec/weft/peer-flows",
      "write /etc/systemd/system/weft-flows-vxbr-tun.service",
      "enable weft-flows-vxbr-tun.service",
      "lead frames to their hosts by flows on vxbr-tun",
    ]);
  });

  it("has nothing to do where all of it is there", () => {
    expect(plan(port(both), settled)).toEqual([]);
  });

  it("puts the flows back where Open vSwitch has lost them", () => {
    const lost = settled.filter((line) => line !== "flows=current");
    expect(plan(port(both), lost).map(({ summary }) => summary)).toEqual([
      "lead frames to their hosts by flows on vxbr-tun",
    ]);
  });

  it.each([
    ["a peer that is missing", { "192.168.56.106": "lab-2" }, "add tunnels to lab-3"],
    [
      "a peer that is no longer listed",
      { ...both, "192.168.56.108": "lab-4" },
      "remove tunnels to lab-4",
    ],
    [
      "a peer that has moved",
      { "192.168.56.106": "lab-2", "192.168.56.99": "lab-3" },
      "add tunnels to lab-3, remove tunnels to lab-3",
    ],
    [
      "an address under another name",
      { ...both, "192.168.56.107": "lab-9" },
      "rename tunnels to lab-3",
    ],
  ])("changes %s and names no other one", (_, peers, summary) => {
    const [first, flows, ...others] = plan(port(peers), settled);
    expect(first?.summary).toBe(summary);
    expect(first?.command.script).not.toContain("lab-2");
    expect(flows?.summary).toBe("lead frames to their hosts by flows on vxbr-tun");
    expect(others).toEqual([]);
  });

  it("mends a port with options that nobody declared", () => {
    const options = { key: "42", local_ip: "192.168.56.105", remote_ip: "flow", csum: "true" };
    expect(plan(port(both, { options }), settled)[0]?.summary).toBe(
      "mend port vx42 of all tunnels",
    );
  });

  it("takes the place of tunnels with a port each, in the transaction that removes them", () => {
    const [first] = plan([tunnelOf("lab-2"), tunnelOf("lab-3")]);
    expect(first?.summary).toMatch(/, remove ports vx42-lab-2, vx42-lab-3$/);
    expect(first?.command.script).toMatch(
      /^ovs-vsctl --timeout=60 -- --if-exists del-port vxbr vx42-lab-2 -- --if-exists del-port vxbr vx42-lab-3 -- --may-exist add-br /,
    );
  });

  it("says what Open vSwitch says of a port that it cannot set up", () => {
    expect(() => plan(port(both, { error: "could not add network device" }), settled)).toThrow(
      "vx42: could not add network device",
    );
  });

  it("refuses an Open vSwitch that cannot replace flows at once, and says what goes there", () => {
    expect(() => plan([], ["protected=unknown", "unit=sysv"])).toThrow(
      "Open vSwitch is older than 2.8",
    );
  });

  it("names some of five hundred peers", () => {
    const peers = Array.from({ length: 500 }, (_, at) => ({
      name: `h${at}`,
      address: `10.0.${Math.floor(at / 250)}.${at % 250}`,
    }));
    const { title } = vxlanFlowMesh({ bridge: "vxbr", localIp: "10.1.0.1", peers, vni: 42 });
    expect(title).toBe("VXLAN 42 on vxbr: one port to h0, h1, h2, h3, h4, h5, h6, h7 and 492 more");
  });
});

describe.each(shells)("the program for flows under $name", ({ shell }) => {
  /** Runs the program with these peers beside an Open vSwitch whose flows differ by `differences`. */
  const run = (verb: string, peers: readonly string[], differences: string, status: number) => {
    const bin = scratchFolder(onTestFinished);
    const ids = ["weft_peer=*", ...peers.map((it) => `weft_peer/${it}=h-${it}`)].join(" ");
    fakeProgram(
      bin,
      "ovs-vsctl",
      `case $* in
  *list-ports*) printf 'vxbr-of-tun\\nvx42\\n' ;;
  *external_ids*) echo '${ids}' ;;
  *) cat <<'END'
"eth7","",3,{}
vx43,vxlan,9,"{key=""43"", remote_ip=flow}"
vx42,vxlan,2,"{key=""42"", local_ip=""192.168.56.105"", remote_ip=flow}"
vxbr-of-tun,patch,1,{peer=vxbr-to-tun}
END
  ;;
esac`,
    );
    fakeProgram(
      bin,
      "ovs-ofctl",
      `case $* in
  "diff-flows vxbr-tun /dev/stdin") cat >/dev/null; printf %b '${differences}'; exit ${status} ;;
  "--bundle replace-flows vxbr-tun -") cat >${bin}/flows ;;
  *) exit 9 ;;
esac`,
    );
    const here = peerFlows.text.replace(/^PATH=/m, `PATH=${bin}:`);
    const { exitCode } = runHere(sh`set -- ${verb} vxbr-tun; ${{ ...sh``, script: here }}`, shell);
    const flows = () => readFileSync(join(bin, "flows"), "utf8").trim().split("\n");
    return { exitCode, flows };
  };
  const short = (line: string): string => line.replace(/learn\(.*\)/, "learn()");

  it("sends no frame from tunnel to tunnel, hears listed hosts only, and copies broadcasts to each", () => {
    const { exitCode, flows } = run("set", ["192.168.56.106", "192.168.56.107"], "+table=1\\n", 2);
    expect(exitCode).toBe(0);
    expect(flows().map(short)).toEqual([
      "table=0,priority=1,in_port=1,actions=resubmit(,1)",
      "table=1,priority=0,actions=resubmit(,3)",
      "table=2,priority=0,actions=learn(),output:1",
      "table=0,priority=1,in_port=2,tun_src=192.168.56.106,actions=resubmit(,2)",
      "table=0,priority=1,in_port=2,tun_src=192.168.56.107,actions=resubmit(,2)",
      "table=3,priority=0,actions=load:0xc0a8386a->NXM_NX_TUN_IPV4_DST[],output:2,load:0xc0a8386b->NXM_NX_TUN_IPV4_DST[],output:2",
    ]);
  });

  it("drops broadcasts where there is nobody to hear them", () => {
    expect(run("set", [], "+table=1\\n", 2).flows().at(-1)).toBe("table=3,priority=0,actions=drop");
  });

  it("goes on in the next table after a thousand hosts: a message has no room for more than 2,047", () => {
    const peers = Array.from({ length: 2001 }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
    const copies = run("set", peers, "+table=1\\n", 2)
      .flows()
      .filter((line) => /^table=[345],/.test(line));
    expect(copies.map((line) => line.match(/load:/g)?.length)).toEqual([1000, 1000, 1]);
    expect(copies.map((line) => /(resubmit\(,\d+\)|output:2)$/.exec(line)?.[1])).toEqual([
      "resubmit(,4)",
      "resubmit(,5)",
      "output:2",
    ]);
  });

  it.each([
    ["as they should be", "", 0, 0],
    ["as they should be but for what was learned", "-table=1 priority=1,dl_dst=x\\n", 2, 0],
    ["lacking one", "-table=1 priority=1,dl_dst=x\\n+table=0 priority=1\\n", 2, 1],
    ["not to be had", "", 1, 1],
  ])("tells flows that are %s", (_, differences, status, exitCode) => {
    expect(run("check", ["192.168.56.106"], differences, status).exitCode).toBe(exitCode);
  });
});
