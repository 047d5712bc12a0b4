import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { promisify } from "node:util";
import { labSetup } from "../../../src/lab/fit-machine.ts";
import { labDown, labUp } from "../../../src/lab/lab.ts";
import { sshArguments } from "../../../src/lab/ssh-config.ts";
import { defaultLabDir, labPaths, readLabState } from "../../../src/lab/state.ts";

const run = promisify(execFile);
const silent = (): void => undefined;

export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A second lab, beside the one that other tests use: its own directory and loopback addresses, the
 * same image. So these tests can cut, kill and end it.
 */
export const ownLab = async () => {
  const shared = labPaths(defaultLabDir);
  await labSetup(shared, silent);
  const dir = await mkdtemp("/var/lib/weft-lab-test-");
  const paths = labPaths(dir);
  await symlink(shared.images, paths.images);

  const ssh = async (host: string, command: string, options: string[] = []): Promise<Answer> => {
    const { hosts } = await readLabState(dir);
    const address = hosts.find(({ name }) => name === host);
    if (address === undefined) throw new Error(`no host ${host}`);
    const args = [...options, ...sshArguments(address, paths), command];
    try {
      return { exitCode: 0, ...(await run("ssh", args)) };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { exitCode: code, stdout, stderr };
    }
  };

  return {
    dir,
    paths,
    ssh,
    up: (hosts: number) => labUp({ dir, hosts, loopback: "127.0.57", progress: silent }),
    end: async (): Promise<void> => {
      await labDown({ dir, progress: silent });
      await rm(dir, { recursive: true });
    },
  };
};

export type OwnLab = Awaited<ReturnType<typeof ownLab>>;
