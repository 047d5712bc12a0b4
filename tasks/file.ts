import { type Command, secret } from "weft";
import { type Content, plainText, sha256 } from "./file/content.ts";
import { contentTask } from "./file/content-task.ts";
import type { Ownership } from "./file/ownership.ts";
import { replaceFile } from "./file/replace-file.ts";

interface FileOptions extends Ownership {
  /** Absolute path on the host. */
  readonly path: string;
  /** The whole content. Left out: whatever the file holds; where there is none, an empty one is made. */
  readonly content?: Content;
  /** Permission bits in octal. Default: those that the file has, "644" for a new one. */
  readonly mode?: string | undefined;
  /** A command that fails where a candidate for the file is not valid; the old content then stays. */
  readonly check?: (candidate: string) => Command;
}

/**
 * A file with its content, mode and owner. It is replaced in one step: readers see the old content or
 * the new. A missing directory is made. A `secret()` content is never shown, nor a diff of it.
 *
 * @category Files
 *
 * @example
 * ```ts
 * file({ path: "/etc/motd", content: "Welcome\n", mode: "644", owner: "root", group: "root" })
 * ```
 *
 * @example
 * ```ts
 * file({
 *   path: "/etc/sudoers.d/deploy",
 *   content: "deploy ALL=(ALL) NOPASSWD: ALL\n",
 *   mode: "440",
 *   check: (candidate) => sh`visudo -cf ${candidate}`,
 * })
 * ```
 *
 * @throws TaskError for a path that is not absolute, or a mode that is none
 */
export const file = ({ path, content, check, ...ownership }: FileOptions) => {
  const text = content === undefined ? undefined : plainText(content);
  const shown = typeof content === "string";
  const digest = text === undefined ? undefined : sha256(text);
  return contentTask({
    ...ownership,
    title: `file ${path}`,
    path,
    // The digest of a short secret would tell it.
    sha256: digest === undefined || shown ? digest : secret(digest),
    text: shown ? content : undefined,
    write: (kept) => ({
      summary: `write ${path}`,
      command: replaceFile({ path, text: content ?? "", check, ...kept }),
    }),
  });
};
