import { type Command, type CommandResult, sh, TaskError } from "weft";

/** Owner and permission bits, as stat(1) prints them. */
export interface Attributes {
  readonly mode: string;
  readonly uid: string;
  readonly gid: string;
  readonly owner: string;
  readonly group: string;
}

/** What is at a path. */
export type Entry =
  | { readonly kind: "absent" | "other" }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "file" | "directory"; readonly attributes: Attributes };

/** Asks what is at a path, without following a link there. */
export const askEntry = (path: string): Command => sh`
if [ -L ${path} ]; then echo "entry=link:$(readlink ${path})"
elif [ -f ${path} ]; then stat -c 'entry=file:%a:%u:%g:%U:%G' ${path}
elif [ -d ${path} ]; then stat -c 'entry=directory:%a:%u:%g:%U:%G' ${path}
elif [ -e ${path} ]; then echo entry=other
else echo entry=absent; fi`;

/**
 * Reads the answer of {@link askEntry}.
 *
 * @throws TaskError where there is none
 */
export const parseEntry = ({ stdout, stderr }: CommandResult): Entry => {
  const [, kind, rest = ""] = /^entry=(\w+):?(.*)$/m.exec(stdout) ?? [];
  if (kind === "absent" || kind === "other") return { kind };
  if (kind === "link") return { kind, target: rest };
  const [mode, uid, gid, owner, group] = rest.split(":");
  if ((kind !== "file" && kind !== "directory") || !mode || !uid || !gid || !owner || !group) {
    throw new TaskError(`the host does not tell what is there: ${stderr.trim() || stdout.trim()}`);
  }
  return { kind, attributes: { mode, uid, gid, owner, group } };
};

const article = { other: "a device, socket or pipe", directory: "a directory", file: "a file" };

/**
 * The attributes of what is at a path where it is of the wanted kind, `undefined` where nothing is.
 *
 * @throws TaskError where something else is in the way: weft does not guess that it may go
 */
export const attributesOf = (
  path: string,
  entry: Entry,
  wanted: "file" | "directory",
): Attributes | undefined => {
  if (entry.kind === wanted) return entry.attributes;
  if (entry.kind === "absent") return undefined;
  const is = entry.kind === "link" ? `a symbolic link to ${entry.target}` : article[entry.kind];
  throw new TaskError(`${path} is ${is}, not ${article[wanted]}`, {
    hint:
      entry.kind === "link"
        ? "Name the link's target instead, or remove the link first."
        : "Remove it first where it is not needed.",
  });
};

/** @throws TaskError where a path is not absolute */
export const absolute = (path: string): string => {
  if (/^\/.*[^/]$/s.test(path) && !path.includes("\n")) return path;
  throw new TaskError(`"${path}" is no absolute path on a host`, {
    hint: "Let it begin with / and not end with one.",
  });
};
