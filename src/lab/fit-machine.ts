import { ensureImage, isImageBuilt } from "./image/ensure-image.ts";
import { withLock } from "./lock.ts";
import { machine, machinePath } from "./machine.ts";
import type { Progress } from "./progress.ts";
import { missingTools, unfitMachine } from "./requirements.ts";
import type { LabPaths } from "./state.ts";

const uid = (): number | undefined => process.getuid?.();

/**
 * Checks that the lab can run here.
 * @throws Problem that says what is missing: Linux, root or a tool
 */
export const requireFitMachine = async (paths: LabPaths): Promise<void> => {
  const build = process.platform === "linux" && !(await isImageBuilt(paths));
  const missing = await missingTools({ searchPath: machinePath, build });
  const problem = unfitMachine({ platform: process.platform, uid: uid(), missing });
  if (problem !== undefined) throw problem;
};

/**
 * Installs the tools that are missing, with apt-get, and builds the image.
 * @throws Problem where this is no Linux machine or the user is not root
 */
export const labSetup = async (paths: LabPaths, progress: Progress): Promise<void> => {
  const problem = unfitMachine({ platform: process.platform, uid: uid(), missing: [] });
  if (problem !== undefined) throw problem;
  const missing = await missingTools({ searchPath: machinePath });
  const packages = [...new Set(missing.map(({ debianPackage }) => debianPackage))];
  if (packages.length > 0) {
    progress(`installing ${packages.join(" ")}`);
    // One source of several that is out of reach fails the update; whether the packages can be had shows below.
    await machine`apt-get update --quiet=2`.nothrow();
    await machine`DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends ${packages}`;
  }
  await requireFitMachine(paths);
  if (await isImageBuilt(paths)) return;
  await withLock(paths.lock, () => ensureImage(paths, progress));
};
