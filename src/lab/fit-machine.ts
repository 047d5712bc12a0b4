import { type Backend, defaultBackend } from "./backend.ts";
import { ensureHostImages } from "./host-images.ts";
import { areImagesBuilt } from "./image/ensure-image.ts";
import type { ImageName } from "./image/image-name.ts";
import { withLock } from "./lock.ts";
import { machine, machinePath } from "./machine.ts";
import type { Progress } from "./progress.ts";
import { missingTools, unfitMachine } from "./requirements.ts";
import type { LabPaths } from "./state.ts";
import { isVmImageBuilt } from "./vm/vm-image.ts";

const uid = (): number | undefined => process.getuid?.();

/** What the lab's hosts are to be. */
interface HostsKind {
  readonly images?: readonly ImageName[] | undefined;
  readonly backend?: Backend | undefined;
}

const isBuilt = async (paths: LabPaths, { images, backend }: HostsKind): Promise<boolean> =>
  (await areImagesBuilt(paths, images)) && (backend !== "vm" || (await isVmImageBuilt(paths)));

/**
 * Checks that the lab can run here, with these images for its hosts.
 * @throws Problem that says what is missing: Linux, root or a tool
 */
export const requireFitMachine = async (
  paths: LabPaths,
  { images, backend }: HostsKind = {},
): Promise<void> => {
  const build = process.platform === "linux" && !(await isBuilt(paths, { images, backend }));
  const missing = await missingTools({ searchPath: machinePath, build, backend });
  const problem = unfitMachine({ platform: process.platform, uid: uid(), missing, backend });
  if (problem !== undefined) throw problem;
};

/**
 * Installs the tools that are missing, with apt-get, and builds the image.
 * @throws Problem where this is no Linux machine or the user is not root
 */
export const labSetup = async (
  paths: LabPaths,
  progress: Progress,
  backend: Backend = defaultBackend,
): Promise<void> => {
  const problem = unfitMachine({ platform: process.platform, uid: uid(), missing: [] });
  if (problem !== undefined) throw problem;
  const missing = await missingTools({ searchPath: machinePath, backend });
  const packages = [...new Set(missing.map(({ debianPackage }) => debianPackage))];
  if (packages.length > 0) {
    progress(`installing ${packages.join(" ")}`);
    // One source of several that is out of reach fails the update; whether the packages can be had shows below.
    await machine`apt-get update --quiet=2`.nothrow();
    await machine`DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends ${packages}`;
  }
  await requireFitMachine(paths, { backend });
  if (await isBuilt(paths, { backend })) return;
  await withLock(paths.lock, () => ensureHostImages(paths, { backend, names: [] }, progress));
};
