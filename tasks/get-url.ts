import { sh, TaskError } from "weft";
import { contentTask } from "./file/content-task.ts";
import type { Ownership } from "./file/ownership.ts";
import { replaceFile } from "./file/replace-file.ts";
import { verified } from "./file/verified.ts";

interface GetUrlOptions extends Ownership {
  /** http, https or ftp. */
  readonly url: string;
  /** Absolute path on the host. */
  readonly path: string;
  /** SHA-256 of the content, in hex. Left out: whatever there is at the path will do. */
  readonly sha256?: string;
  /** Permission bits in octal. Default: those that the file has, "644" for a new one. */
  readonly mode?: string | undefined;
  /** Seconds that it may take. Default: 600. */
  readonly timeout?: number;
}

/**
 * A file that the host fetches by itself, with curl or wget. It is put in its place when all of it has
 * arrived and its SHA-256 is the given one.
 *
 * @category Files
 *
 * @example
 * ```ts
 * getUrl({
 *   url: "https://example.com/app-1.2.tar.gz",
 *   path: "/opt/app-1.2.tar.gz",
 *   sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
 * })
 * ```
 *
 * @throws TaskError for a text that is no URL or no SHA-256
 */
export const getUrl = ({ url, path, sha256: given, timeout, ...ownership }: GetUrlOptions) => {
  const sha256 = given?.toLowerCase();
  if (!/^(https?|ftp):\/\/[^\s]+$/.test(url)) {
    throw new TaskError(`"${url}" is no URL that a host could fetch`);
  }
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new TaskError(`"${given}" is no SHA-256`, { hint: "Give 64 hexadecimal digits." });
  }
  const fetch = sh`
if command -v curl >/dev/null 2>&1; then curl -fsSL ${url}
elif command -v wget >/dev/null 2>&1; then wget -q -O - ${url}
else echo 'neither curl nor wget is on this host' >&2; false; fi`;
  return contentTask({
    ...ownership,
    title: `get ${path}`,
    path,
    sha256,
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    write: (kept) => ({
      summary: `fetch ${url} to ${path}`,
      command: replaceFile({
        path,
        text: fetch,
        ...(sha256 !== undefined && { check: verified(sha256) }),
        ...kept,
      }),
    }),
  });
};
