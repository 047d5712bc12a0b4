import type { RpmPackage, TextFile } from "./rpm-package.ts";
import type { BaseEntry } from "./rpm-spec.ts";

/** What makes the base image another release: a thin layer on it, as plain data. */
export interface Persona {
  /** The end of its packages' releases, such as "el7". */
  readonly dist: string;
  /** Packages of the base image's repository that this release has as well. */
  readonly shared: readonly string[];
  /** What only its own repository has. */
  readonly offered: readonly RpmPackage[];
  /** What a fresh host has already. */
  readonly installed: readonly RpmPackage[];
  /** What the rpm database no longer knows of the base image, and what it knows instead. */
  readonly forgotten: readonly string[];
  readonly entries: readonly BaseEntry[];
  readonly files: Readonly<Record<string, TextFile>>;
  /** Run inside the layer by bash, once its files are in place and before its packages are. */
  readonly prepare?: string;
  /** Run inside the layer by bash, once files and packages are in place; dnf still goes by its own name. */
  readonly script: string;
}
