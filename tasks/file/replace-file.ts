import { posix } from "node:path";
import { type Command, sh } from "weft";

interface FileContent {
  /** Absolute path on the host. */
  readonly path: string;
  readonly text: string;
  /** Octal permission bits as chmod(1) takes them. Default: "644". */
  readonly mode?: string;
  /** Tests the new text, which lies in the file it is given, before it is put in place. */
  check?(candidate: string): Command;
}

/**
 * Puts a text in a file's place in one step: readers see the old text or the new, also after a power
 * cut, and the old one stays where the new one does not pass its check.
 *
 * The new text lies beside the file at first, since rename(2) is atomic within a file system only.
 */
export const replaceFile = ({ path, text, mode = "644", check }: FileContent): Command => {
  const directory = posix.dirname(path);
  const candidate = posix.join(directory, `.${posix.basename(path)}.weft`);
  return sh`
mkdir -p ${directory} && rm -f ${candidate} && (umask 077; printf %s ${text} >${candidate}) &&
chmod ${mode} ${candidate} && sync ${candidate} && {
${check?.(candidate) ?? sh`:`}
} && mv -f ${candidate} ${path} || { rm -f ${candidate}; false; } &&
if command -v restorecon >/dev/null 2>&1; then restorecon ${path}; fi`;
};
