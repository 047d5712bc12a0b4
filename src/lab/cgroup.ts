import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** One mounted cgroup hierarchy: several on a v1 machine, one on a v2 machine, both kinds on a hybrid one. */
export interface Hierarchy {
  readonly mountPoint: string;
  readonly version: 1 | 2;
  /** True for v1's cpuset, whose groups take no process before they have CPUs and memory nodes. */
  readonly cpuset: boolean;
}

/**
 * Finds the hierarchies in the text of /proc/self/mountinfo.
 * @see proc_pid_mountinfo(5)
 */
export const parseHierarchies = (mountinfo: string): Hierarchy[] =>
  mountinfo.split("\n").flatMap((line): Hierarchy[] => {
    const [before = "", after = ""] = line.split(" - ");
    const mountPoint = before.split(" ")[4] ?? "";
    const [type = "", , superOptions = ""] = after.split(" ");
    if (type !== "cgroup" && type !== "cgroup2") return [];
    const cpuset = type === "cgroup" && superOptions.split(",").includes("cpuset");
    return [{ mountPoint, version: type === "cgroup2" ? 2 : 1, cpuset }];
  });

const hierarchies = async (): Promise<Hierarchy[]> =>
  parseHierarchies(await readFile("/proc/self/mountinfo", "utf8"));

/** Hands every controller that there is down to a v2 group's children. One that can't be had is no loss. */
const enableControllers = async (group: string): Promise<void> => {
  const controllers = await readFile(join(group, "cgroup.controllers"), "utf8");
  for (const controller of controllers.split(/\s+/).filter(Boolean)) {
    await writeFile(join(group, "cgroup.subtree_control"), `+${controller}`).catch(() => undefined);
  }
};

const makeGroup = async (
  { mountPoint, version, cpuset }: Hierarchy,
  path: string,
): Promise<string> => {
  let group = mountPoint;
  for (const step of path.split("/")) {
    const parent = group;
    group = join(parent, step);
    if (version === 2) await enableControllers(parent);
    await mkdir(group, { recursive: true });
    if (!cpuset) continue;
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      await writeFile(join(group, file), await readFile(join(parent, file), "utf8"));
    }
  }
  return group;
};

/**
 * Makes a cgroup in every hierarchy.
 * @returns its directories, one a hierarchy
 */
export const makeCgroup = async (path: string): Promise<string[]> => {
  const directories: string[] = [];
  for (const hierarchy of await hierarchies()) directories.push(await makeGroup(hierarchy, path));
  return directories;
};

const tree = async (group: string): Promise<string[]> => {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  const below = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => tree(join(group, entry.name)));
  return [...(await Promise.all(below)).flat(), group];
};

const processesIn = async (group: string): Promise<number[]> => {
  const lists = (await tree(group)).map((path) =>
    readFile(join(path, "cgroup.procs"), "utf8").catch(() => ""),
  );
  return (await Promise.all(lists)).flatMap((list) => list.split("\n").filter(Boolean).map(Number));
};

/**
 * The processes of a cgroup and all below it. One hierarchy is enough to look at: the lab's processes join
 * their group in the first one first, and leave it in none.
 */
export const cgroupProcesses = async (path: string): Promise<Set<number>> => {
  const [first] = await hierarchies();
  return new Set(first === undefined ? [] : await processesIn(join(first.mountPoint, path)));
};

/**
 * The process that is init inside a host, seen from here. Containers inside the host have an init
 * of their own, one level deeper.
 */
export const findInit = async (tag: string, host: string): Promise<number | undefined> => {
  for (const pid of await cgroupProcesses(join(tag, host))) {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    const levels = /^NSpid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
    const gone = /^State:\s+Z/m.test(status);
    if (levels.length === 2 && levels[1] === "1" && !gone) return pid;
  }
  return undefined;
};

/** Kills every process of a cgroup at once, as a power cut does, and waits until the last is gone. */
export const killCgroup = async (path: string): Promise<void> => {
  // The kernel needs a moment for a dying process's namespaces and mounts.
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const pids = await cgroupProcesses(path);
    if (pids.size === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself meanwhile.
      }
    }
    await sleep(10);
  }
  throw new Error(`processes in the cgroup ${path} don't end`);
};

/** Removes a cgroup that has no process any more, with all below it, from every hierarchy. */
export const removeCgroup = async (path: string): Promise<void> => {
  for (const { mountPoint } of await hierarchies()) {
    for (const group of await tree(join(mountPoint, path))) {
      // A group stays busy for a moment after its last process.
      for (let attempt = 0; attempt < 200; attempt += 1) {
        const failure = await rmdir(group).then(
          () => undefined,
          (error: NodeJS.ErrnoException) => error.code,
        );
        if (failure !== "EBUSY") break;
        await sleep(10);
      }
    }
  }
};
