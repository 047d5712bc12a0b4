import { access, lstat, readdir, readlink, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Progress } from "../progress.ts";
import { containerArchive, type LabPaths } from "../state.ts";
import { vmImageDirectory } from "../vm/vm-image.ts";
import { buildImage } from "./build-image.ts";
import { buildPersona } from "./build-persona.ts";
import { baseImage, type ImageName, imageNames } from "./image-name.ts";
import { personas } from "./personas.ts";
import { personaHash, recipeHash } from "./recipe.ts";

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The directory of the image that this version's recipe makes. */
export const imageDirectory = (paths: LabPaths, name: ImageName = baseImage): string =>
  join(paths.images, name === baseImage ? `base-${recipeHash()}` : `${name}-${personaHash(name)}`);

const debsDirectory = (paths: LabPaths): string => join(paths.images, `debs-${recipeHash()}`);

/** True where the images and the container image archive are there, so that no build tool is needed. */
export const areImagesBuilt = async (
  paths: LabPaths,
  names: readonly ImageName[] = [],
): Promise<boolean> => {
  const needed = [
    containerArchive(paths),
    debsDirectory(paths),
    imageDirectory(paths),
    ...names.map((name) => imageDirectory(paths, name)),
  ];
  return (await Promise.all(needed.map(isThere))).every(Boolean);
};

const baseLink = (image: string): string => join(image, "base");

/**
 * The directories that an image consists of, as overlayfs takes them for its lower layers: the
 * topmost first, the base image last.
 */
export const layersOf = async (image: string): Promise<readonly string[]> => {
  const base = await readlink(baseLink(image)).catch(() => undefined);
  return base === undefined ? [image] : [join(image, "layer"), join(image, base)];
};

/** Images of earlier recipes go, except those under a host's disk; so do builds that were interrupted. */
const removeOldImages = async (paths: LabPaths): Promise<void> => {
  const hosts = await readdir(paths.hosts).catch(() => []);
  const disks = hosts.map((host) => readlink(paths.host(host).image).catch(() => ""));
  const current = imageNames.map((name) => imageDirectory(paths, name));
  const images = [...current, ...(await Promise.all(disks)).filter((disk) => disk !== "")];
  const layers = (await Promise.all(images.map(layersOf))).flat();
  const inUse = new Set([debsDirectory(paths), vmImageDirectory(paths), ...images, ...layers]);
  for (const name of await readdir(paths.images)) {
    const path = join(paths.images, name);
    if (/^(base|debs|building|vm|el\d+)-/.test(name) && !inUse.has(path))
      await rm(path, { recursive: true, force: true });
  }
};

/**
 * Builds what there is none of with this recipe: the base image, and the layers of these releases.
 * @returns the directory of an image by its name
 */
export const ensureImages = async (
  paths: LabPaths,
  names: readonly ImageName[],
  progress: Progress,
): Promise<(name: ImageName) => string> => {
  const base = imageDirectory(paths);
  const debs = debsDirectory(paths);
  if (!(await areImagesBuilt(paths))) {
    const archive = containerArchive(paths);
    await buildImage({ image: base, debs, archive, images: paths.images, progress });
  }
  for (const name of new Set(names)) {
    const image = imageDirectory(paths, name);
    if (name === baseImage || (await isThere(image))) continue;
    progress(`building the layer that makes the base image ${name}`);
    await buildPersona(personas[name], { base, debs, image });
  }
  // A link means that another lab's hosts may stand on what lies there.
  if (!(await lstat(paths.images)).isSymbolicLink()) await removeOldImages(paths);
  return (name) => imageDirectory(paths, name);
};
