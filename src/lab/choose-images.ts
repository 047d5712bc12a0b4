import { Problem } from "../problem.ts";
import { hostName } from "./address-plan.ts";
import { type Backend, defaultBackend } from "./backend.ts";
import { baseImage, type ImageName, imageNames, isImageName } from "./image/image-name.ts";

/** What hosts look like, by their names; a host that is not listed has the base image. */
export type HostImages = Readonly<Record<string, ImageName>>;

/**
 * Reads a list of images such as "el6,el7": one for all hosts, or one for each from the first on.
 * @throws Problem for a name that there is no image of
 */
export const parseImages = (list: string): readonly ImageName[] =>
  list.split(",").map((name) => {
    if (isImageName(name)) return name;
    throw new Problem(`the lab has no image "${name}"`, {
      hint: `It has ${imageNames.join(", ")}. Give one for all hosts, or one for each: --image el6,el7,el9`,
    });
  });

/** How many hosts a lab gets; more than one image means as many hosts. */
export const countHosts = ({
  hosts,
  images = [],
  before,
}: {
  hosts?: number | undefined;
  images?: readonly ImageName[] | undefined;
  /** How many there are already: a lab that is up never shrinks, the last ones may be in use. */
  before?: number | undefined;
}): number => {
  if (hosts !== undefined && images.length > 1 && images.length !== hosts) {
    throw new Problem(`${images.length} images are named for ${hosts} hosts`, {
      hint: "Give one image for all, or one for each; --hosts can then be left out.",
    });
  }
  const wanted = hosts ?? (images.length > 1 ? images.length : 3);
  return Math.max(wanted, before ?? 1);
};

/**
 * What each host looks like.
 * @throws Problem where a host has a disk of another release already, or the backend has no such image
 */
export const chooseImages = (
  count: number,
  {
    images = [],
    backend = defaultBackend,
    before,
  }: {
    images?: readonly ImageName[] | undefined;
    backend?: Backend;
    before?: { readonly hosts: number; readonly images: HostImages } | undefined;
  },
): HostImages => {
  const other = images.find((name) => name !== baseImage);
  if (backend === "vm" && other !== undefined) {
    throw new Problem(`emulated machines are ${baseImage}, not ${other}`, {
      hint: "Leave --image out, or --backend.",
    });
  }
  return Object.fromEntries(
    Array.from({ length: count }, (_, index): [string, ImageName] => {
      const name = hostName(index + 1);
      const asked = images.length > 1 ? images[index] : images[0];
      if (before === undefined || index >= before.hosts) return [name, asked ?? baseImage];
      const has = before.images[name] ?? baseImage;
      if (asked === undefined || asked === has) return [name, has];
      throw new Problem(`${name} is ${has} and cannot become ${asked}`, {
        hint: '"weft lab down" ends the lab; the next one can have other images.',
      });
    }),
  );
};
