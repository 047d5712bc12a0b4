import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MeshVars } from "../../inventory/contract.ts";
import { child } from "../child.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const weft = join(root, "bin/weft.js");
const playbook = join(root, "playbooks/mesh.ts");

/** A network for benchmarks (RFC 2544), where the peers are that are declared but not there. */
export const DECLARED_NETWORK = "198.18.0.0/15";

/** Address number `index` of {@link DECLARED_NETWORK}. */
export const declaredAddress = (index: number): string =>
  `198.${18 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;

export type Tunnels = MeshVars["tunnels"];

/** The lab's mesh with more hosts than there are. */
export interface DeclaredMesh {
  /** The other hosts of each, lab-2 among them; 1: those of the lab alone. */
  readonly peers: number;
  readonly tunnels: Tunnels;
  /** The last of them has another address. */
  readonly moved?: boolean;
}

/** Runs things on lab-1 and lab-2, and the mesh's playbook on lab-1. */
export interface Bench {
  /** What a shell command prints. @throws where it fails */
  on(host: "lab-1" | "lab-2", command: string): Promise<string>;
  /** A run of the whole playbook on lab-1: milliseconds, and how many tasks changed something. */
  apply(mesh: DeclaredMesh): Promise<{ readonly ms: number; readonly changed: number }>;
  end(): void;
}

/** Needs a lab that is up. */
export const bench = (): Bench => {
  const folder = mkdtempSync(join(tmpdir(), "weft-bench-"));
  const inventory = join(folder, "declared.ts");
  return {
    on: async (host, command) =>
      (await child("node", [weft, "lab", "ssh", host, "--", command])).stdout.trim(),
    apply: async ({ peers, tunnels, moved = false }) => {
      const declared = Array.from({ length: peers - 1 }, (_, index) => ({
        name: `declared-${index + 1}`,
        address: declaredAddress(index + (moved && index === peers - 2 ? 60_000 : 1)),
      }));
      writeFileSync(
        inventory,
        `import { inventory } from "weft";
import { contract } from ${JSON.stringify(join(root, "inventory/contract.ts"))};
import lab from ${JSON.stringify(join(root, "inventory/lab.ts"))};
const { hosts, groups: { mesh, dhcp } } = structuredClone({ hosts: lab.hosts, groups: lab.groups }) as any;
for (const { name, address } of ${JSON.stringify(declared)}) {
  hosts[name] = { address };
  mesh[name] = { underlay: { address } };
}
mesh["lab-1"].tunnels = ${JSON.stringify(tunnels)};
export default inventory(contract, { hosts, groups: { mesh, dhcp } });
`,
      );
      const args = [weft, "run", playbook, "-i", inventory, "--limit", "lab-1", "--output", "json"];
      const { ms, stdout } = await child("node", args);
      const { hosts } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as {
        hosts: Record<string, { changed: number }>;
      };
      return { ms, changed: hosts["lab-1"]?.changed ?? Number.NaN };
    },
    end: () => rmSync(folder, { recursive: true }),
  };
};
