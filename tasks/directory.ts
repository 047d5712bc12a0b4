import { sh, task } from "weft";
import { absolute, askEntry, attributesOf, parseEntry } from "./file/entry.ts";
import { type Ownership, ownership, planOwnership } from "./file/ownership.ts";

interface DirectoryOptions extends Ownership {
  /** Absolute path on the host. */
  readonly path: string;
  /** Permission bits in octal. Default: those that it has, "755" for a new one. */
  readonly mode?: string | undefined;
}

/**
 * A directory with its mode and owner; missing ones above it are made. What it holds is left alone.
 *
 * @category Files
 *
 * @example
 * ```ts
 * directory({ path: "/srv/app", mode: "750", owner: "root", group: "root" })
 * ```
 *
 * @throws TaskError for a path that is not absolute, or a mode that is none
 */
export const directory = ({ path, ...options }: DirectoryOptions) => {
  const wanted = ownership(options);
  const { mode = "755", owner, group } = wanted;
  const to = `${owner ?? ""}${group === undefined ? "" : `:${group}`}`;
  // Closed to others until it has its owner. An old umask must not decide on the ones above.
  const make = sh`
umask 022 && mkdir -p ${path} && chmod 700 ${path} && ${to === "" ? sh`:` : sh`chown ${to} ${path}`} && chmod ${mode} ${path}`;
  return task({
    title: `directory ${absolute(path)}`,
    probe: { command: askEntry(path), parse: parseEntry },
    plan: (now) => {
      const attributes = attributesOf(path, now, "directory");
      return attributes === undefined
        ? [{ summary: `create ${path}`, command: make }]
        : planOwnership(path, wanted, attributes);
    },
  });
};
