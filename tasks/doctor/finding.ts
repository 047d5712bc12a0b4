import type { Fault } from "../network/fault.ts";

/** A fault, and what mends it. */
export interface Finding extends Fault {
  /** A command, or what to do where none does it. */
  readonly mend: string;
}

/** The run that brings hosts back to what the inventory says. */
export const meshRun = (...hosts: readonly string[]): string =>
  `weft run playbooks/mesh.ts --limit ${hosts.join(",")}`;

/** Gives faults what mends them. */
export const mendedBy = (mend: string, faults: readonly Fault[]): readonly Finding[] =>
  faults.map((one) => ({ ...one, mend }));
