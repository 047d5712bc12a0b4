import { sh } from "weft";
import { contentTask } from "./file/content-task.ts";
import { localDigest } from "./file/local-digest.ts";
import type { Ownership } from "./file/ownership.ts";
import { replaceFile } from "./file/replace-file.ts";
import { verified } from "./file/verified.ts";

interface UploadOptions extends Ownership {
  /** A local file of any size, from the working directory of weft or absolute. */
  readonly source: string;
  /** Absolute path on the host. */
  readonly path: string;
  /** Permission bits in octal. Default: those that the file has, "644" for a new one. */
  readonly mode?: string | undefined;
  /** Seconds that it may take. Default: 600. */
  readonly timeout?: number;
}

/**
 * A local file, copied to the host where it has another content there. It is put in its place when all of it
 * has arrived.
 *
 * @category Files
 *
 * @example
 * ```ts
 * upload({ source: "build/app", path: "/usr/local/bin/app", mode: "755" })
 * ```
 *
 * @throws TaskError where the local file cannot be read
 */
export const upload = ({ source, path, timeout, ...ownership }: UploadOptions) => {
  const sha256 = localDigest(source);
  return contentTask({
    ...ownership,
    title: `upload ${path}`,
    path,
    sha256,
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    write: (kept) => ({
      summary: `upload ${source} to ${path}`,
      command: replaceFile({ path, text: sh`cat`, check: verified(sha256), ...kept }),
      stdin: { file: source },
    }),
  });
};
