import { mkdtemp, rm, symlink } from "node:fs/promises";
import type { Backend } from "../../src/lab/backend.ts";
import { labSetup } from "../../src/lab/fit-machine.ts";
import type { ImageName } from "../../src/lab/image/image-name.ts";
import { defaultLabDir, labPaths } from "../../src/lab/state.ts";
import { type CliResult, weft } from "./weft-cli.ts";

/** A lab for one test file, beside the user's own, driven through the command line. */
export interface MeshLab {
  readonly env: Readonly<Record<string, string>>;
  /** `weft ARGS` on this lab. */
  weft(args: readonly string[], onOutput?: Parameters<typeof weft>[1]): Promise<CliResult>;
  /** What a shell command prints on a host. @throws where it fails */
  on(host: string, command: string): Promise<string>;
  end(): Promise<void>;
}

const must = (result: CliResult, what: string): CliResult => {
  if (result.code === 0) return result;
  throw new Error(`${what}: exit ${result.code}\n${result.stdout}${result.stderr}`);
};

/** So many hosts of a backend that is not the default one. */
interface Machines {
  readonly hosts: number;
  readonly backend: Backend;
}

type Wanted = number | readonly ImageName[] | Machines;

const isMachines = (hosts: Wanted): hosts is Machines =>
  typeof hosts === "object" && "backend" in hosts;

const upOptions = (hosts: Wanted): readonly string[] => {
  if (typeof hosts === "number") return ["--hosts", String(hosts)];
  if (isMachines(hosts)) return ["--hosts", String(hosts.hosts), "--backend", hosts.backend];
  return ["--image", hosts.join(",")];
};

/**
 * Boots the lab. Its images are the user's lab's; a machine that has none yet builds them.
 * @param hosts how many, of what backend, or the release of each
 */
export const meshLab = async (loopback: string, hosts: Wanted = 3): Promise<MeshLab> => {
  const shared = labPaths(defaultLabDir);
  await labSetup(shared, () => undefined, isMachines(hosts) ? hosts.backend : undefined);
  const dir = await mkdtemp("/var/lib/weft-lab-test-");
  await symlink(shared.images, labPaths(dir).images);
  const env = { WEFT_LAB_DIR: dir, WEFT_LAB_LOOPBACK: loopback };
  const run = (args: readonly string[], options: Parameters<typeof weft>[1] = {}) =>
    weft(args, { ...options, env: { ...options.env, ...env } });
  const end = async (): Promise<void> => {
    must(await run(["lab", "down"]), "lab down");
    await rm(dir, { recursive: true });
  };
  const up = await run(["lab", "up", ...upOptions(hosts)]);
  // What did not come up whole is left to nobody.
  if (up.code !== 0) await end();
  must(up, "lab up");
  return {
    env,
    weft: run,
    on: async (host, command) =>
      must(await run(["lab", "ssh", host, "--", command]), `${host}: ${command}`).stdout.trim(),
    end,
  };
};
