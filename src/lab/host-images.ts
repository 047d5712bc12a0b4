import type { Backend } from "./backend.ts";
import { ensureImages } from "./image/ensure-image.ts";
import { baseImage, type ImageName } from "./image/image-name.ts";
import type { Progress } from "./progress.ts";
import type { LabPaths } from "./state.ts";
import { ensureVmImage } from "./vm/vm-image.ts";

/**
 * Builds what there is none of: the images of these names, in the form that the backend boots.
 * @returns the directory of an image by its name
 */
export const ensureHostImages = async (
  paths: LabPaths,
  { backend, names }: { backend: Backend; names: readonly ImageName[] },
  progress: Progress,
): Promise<(name: ImageName) => string> => {
  const imageOf = await ensureImages(paths, names, progress);
  if (backend === "nspawn") return imageOf;
  const image = await ensureVmImage(paths, imageOf(baseImage), progress);
  return () => image;
};
