import { access, lstat, readdir, readlink, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Progress } from "../progress.ts";
import { containerArchive, type LabPaths } from "../state.ts";
import { buildImage } from "./build-image.ts";
import { recipeHash } from "./recipe.ts";

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The directory of the image that this version's recipe makes. */
export const imageDirectory = (paths: LabPaths): string =>
  join(paths.images, `base-${recipeHash()}`);

/** True where the image and the container image archive are there, so that no build tool is needed. */
export const isImageBuilt = async (paths: LabPaths): Promise<boolean> =>
  (await isThere(imageDirectory(paths))) && (await isThere(containerArchive(paths)));

/** Images of earlier recipes go, except those under a host's disk; so do builds that were interrupted. */
const removeOldImages = async (paths: LabPaths, current: string): Promise<void> => {
  const hosts = await readdir(paths.hosts).catch(() => []);
  const links = hosts.map((host) => readlink(paths.host(host).image).catch(() => ""));
  const inUse = new Set([current, ...(await Promise.all(links))]);
  for (const name of await readdir(paths.images)) {
    const path = join(paths.images, name);
    if (/^(base|building)-/.test(name) && !inUse.has(path))
      await rm(path, { recursive: true, force: true });
  }
};

/**
 * Builds the image where there is none of this recipe.
 * @returns its directory
 */
export const ensureImage = async (paths: LabPaths, progress: Progress): Promise<string> => {
  const image = imageDirectory(paths);
  if (!(await isImageBuilt(paths))) {
    await buildImage({ image, archive: containerArchive(paths), images: paths.images, progress });
  }
  // A link means that another lab's hosts may stand on what lies there.
  if (!(await lstat(paths.images)).isSymbolicLink()) await removeOldImages(paths, image);
  return image;
};
