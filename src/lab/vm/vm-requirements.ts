import { access, constants, readFile } from "node:fs/promises";
import { Problem } from "../../problem.ts";

/** The memory of an emulated machine, in MiB. */
export const vmMemoryMiB = 1024;

/**
 * Says why so many emulated machines can't be started; undefined where they can.
 * @param availableMiB the memory that can be had, in MiB
 */
export const lackOfMemory = (machines: number, availableMiB: number): Problem | undefined => {
  const needed = machines * vmMemoryMiB;
  if (availableMiB >= needed) return undefined;
  return new Problem(
    `${machines} emulated ${machines === 1 ? "machine needs" : "machines need"} ${needed} MiB of memory, and ${availableMiB} MiB are available`,
    { hint: "Ask for fewer with --hosts, or end what uses the memory." },
  );
};

/** MemAvailable, in MiB. @see proc_meminfo(5) */
export const availableMemory = (meminfo: string): number =>
  Math.floor(Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) / 1024);

/**
 * Checks that this machine can run so many emulated machines more.
 * @throws Problem that says what is missing: the processor, tun devices or memory
 */
export const requireRoomForVms = async (machines: number): Promise<void> => {
  if (machines === 0) return;
  if (process.arch !== "x64") {
    throw new Problem(
      `the lab's emulated machines are x86-64, and this machine is ${process.arch}`,
      {
        hint: "Leave --backend out: booted namespaces run on every architecture.",
      },
    );
  }
  await access("/dev/net/tun", constants.R_OK | constants.W_OK).catch(() => {
    throw new Problem("emulated machines need /dev/net/tun, which this machine lacks", {
      hint: "modprobe tun",
    });
  });
  const problem = lackOfMemory(machines, availableMemory(await readFile("/proc/meminfo", "utf8")));
  if (problem !== undefined) throw problem;
};
