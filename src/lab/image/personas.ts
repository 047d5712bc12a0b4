import type { baseImage, ImageName } from "./image-name.ts";
import type { Persona } from "./persona.ts";
import { el6 } from "./personas/el6.ts";
import { el7 } from "./personas/el7.ts";
import { el10 } from "./personas/el10.ts";

/** The layers that there are on the base image. */
export const personas: Readonly<Record<Exclude<ImageName, typeof baseImage>, Persona>> = {
  el6,
  el7,
  el10,
};
