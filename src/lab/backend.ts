import { Problem } from "../problem.ts";

/**
 * What a host of the lab is: a booted namespace that shares this machine's kernel, or an emulated machine
 * with a kernel of its own.
 */
export const backends = ["nspawn", "vm"] as const;

export type Backend = (typeof backends)[number];

/** The quick one, and the one that needs no memory of its own. */
export const defaultBackend = "nspawn" satisfies Backend;

/**
 * What the lab's hosts are.
 * @throws Problem where a lab of another kind is up
 */
export const chooseBackend = (asked: Backend | undefined, before: Backend | undefined): Backend => {
  if (asked !== undefined && before !== undefined && asked !== before) {
    throw new Problem(`the lab that is up has the backend ${before}, not ${asked}`, {
      hint: '"weft lab down" ends it; the next one can have another backend.',
    });
  }
  return asked ?? before ?? defaultBackend;
};
