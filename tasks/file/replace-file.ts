import { posix } from "node:path";
import { type Command, sh } from "weft";
import type { Content } from "./content.ts";
import type { Ownership } from "./ownership.ts";

interface FileContent extends Ownership {
  /** Absolute path on the host. */
  readonly path: string;
  /** The new text, or a command that prints it. */
  readonly text: Content | Command;
  /** Octal permission bits as chmod(1) takes them. Default: "644". */
  readonly mode?: string | undefined;
  /** Tests the new text, which lies in the file it is given, before it is put in place. */
  readonly check?: ((candidate: string) => Command) | undefined;
}

const isCommand = (text: Content | Command): text is Command =>
  typeof text === "object" && "script" in text;

/**
 * Puts a text in a file's place in one step: readers see the old text or the new, also after a power
 * cut, and the old one stays where the new one does not pass its check.
 *
 * The new text lies beside the file at first, since rename(2) is atomic within a file system only.
 * It is never open to others, and never written through a link that somebody else put there.
 */
export const replaceFile = (content: FileContent): Command => {
  const { path, text, mode = "644", owner, group, check } = content;
  const directory = posix.dirname(path);
  const candidate = posix.join(directory, `.${posix.basename(path)}.weft`);
  const give =
    owner === undefined && group === undefined
      ? sh`:`
      : sh`chown ${`${owner ?? ""}${group === undefined ? "" : `:${group}`}`} ${candidate}`;
  return sh`
mkdir -p ${directory} && rm -f ${candidate} && (umask 077; set -C; {
${isCommand(text) ? text : sh`printf %s ${text}`}
} >${candidate}) &&
${give} && chmod ${mode} ${candidate} && sync ${candidate} && {
${check?.(candidate) ?? sh`:`}
} && mv -f ${candidate} ${path} || { rm -f ${candidate}; false; } &&
if command -v restorecon >/dev/null 2>&1; then restorecon ${path}; fi`;
};
