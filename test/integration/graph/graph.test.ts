import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NetworkGraph } from "../../../src/graph/model.ts";
import { type MeshLab, meshLab } from "../../support/mesh-lab.ts";
import { type Scratch, scratch } from "../../support/scratch.ts";

let lab: MeshLab;
let files: Scratch;

beforeAll(async () => {
  files = scratch();
  lab = await meshLab("127.0.78");
  const { code, stdout, stderr } = await lab.weft(["run", "playbooks/mesh.ts"]);
  if (code !== 0) throw new Error(`${stdout}${stderr}`);
});
afterAll(async () => {
  await lab.end();
  files.remove();
});

/** What `weft graph` says is wrong, and its exit code. */
const look = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await lab.weft(["graph", "-o", "json", ...args]);
  const { hosts, links }: NetworkGraph = JSON.parse(stdout);
  return {
    code,
    stderr,
    hosts: hosts.map(({ status }) => status),
    boxes: hosts.flatMap(({ containers }) =>
      containers.filter(({ status }) => status === "bad").map(({ name }) => name),
    ),
    nics: hosts.flatMap(({ containers }) =>
      containers.flatMap(({ nics }) => nics.filter(({ status }) => status === "bad")),
    ),
    links: links.filter(({ status }) => status === "bad").map((link) => link.hosts.join(" ")),
  };
};

const mend = async (): Promise<void> => {
  expect((await lab.weft(["run", "playbooks/mesh.ts"])).code).toBe(0);
};

describe("weft graph", () => {
  it("finds a converged mesh right, exit 0, and writes it as a picture", async () => {
    const file = `${files.folder}/mesh.svg`;
    const { code, stderr } = await lab.weft(["graph", "--out", file]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("3 hosts, 6 containers, 3 tunnels: all as declared");
    const svg = readFileSync(file, "utf8");
    for (const name of ["lab-1", "a2", "b1", "10.1.2.31/24"]) expect(svg).toContain(`>${name}<`);
  });

  it("shows a tunnel that was removed, and nothing else, as wrong, exit 2", async () => {
    await lab.on("lab-1", "ovs-vsctl del-port vx42-lab-2");
    const seen = await look();
    expect(seen).toMatchObject({ code: 2, boxes: [], nics: [], links: ["lab-1 lab-2"] });
    expect(seen.hosts).toEqual(["ok", "ok", "ok"]);
    expect(seen.stderr).toContain("lab-1: no tunnel to lab-2");
    await mend();
  });

  it("shows a container that was stopped, and nothing else, as wrong", async () => {
    await lab.on("lab-3", "docker stop -t 0 c1");
    expect(await look()).toMatchObject({ code: 2, boxes: ["c1"], nics: [], links: [] });
    await mend();
  });

  it("finds by ping what every host's settings hide", async () => {
    await lab.on("lab-1", "ovs-ofctl add-flow vxbr in_port=vx42-lab-2,actions=drop");
    expect(await look("--no-ping")).toMatchObject({ code: 0, links: [] });
    expect(await look()).toMatchObject({ code: 2, boxes: [], links: ["lab-1 lab-2"] });
    await lab.on("lab-1", "ovs-ofctl del-flows vxbr in_port=vx42-lab-2");
  });

  it("draws the others where a host does not answer, exit 4", async () => {
    await lab.weft(["lab", "poweroff", "lab-2"]);
    const seen = await look();
    expect(seen).toMatchObject({ code: 4, boxes: [], nics: [], links: [] });
    expect(seen.hosts).toEqual(["ok", "unknown", "ok"]);
  });
});
