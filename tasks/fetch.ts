import { type CommandResult, sh, TaskError, task } from "weft";
import { absolute } from "./file/entry.ts";
import { localDigestIfAny } from "./file/local-digest.ts";
import { normalMode } from "./file/ownership.ts";

interface FetchOptions {
  /** Absolute path of the file on the host; a link is followed. */
  readonly path: string;
  /** The local file, from the working directory of weft or absolute. Each host needs its own. */
  readonly to: string;
  /** Permission bits of the local file, in octal. Default: "644". */
  readonly mode?: string;
  /** True: nothing to do where the host has no such file. Default: false. */
  readonly optional?: boolean;
  /** Seconds that it may take. Default: 600. */
  readonly timeout?: number;
}

/** The file on the host. */
type Remote =
  | { readonly kind: "absent" | "other" }
  | { readonly kind: "file"; readonly sha256: string; readonly bytes: number };

const parse = ({ stdout, stderr }: CommandResult): Remote => {
  const kind = /^remote=(absent|other)$/m.exec(stdout)?.[1];
  if (kind === "absent" || kind === "other") return { kind };
  const [, bytes, sha256] = /^remote=file (\d+) ([0-9a-f]{64})\b/m.exec(stdout) ?? [];
  if (bytes === undefined || sha256 === undefined) {
    throw new TaskError(`the file cannot be read: ${stderr.trim()}`);
  }
  return { kind: "file", sha256, bytes: Number(bytes) };
};

/**
 * A file of a host, copied to the control machine where there is another content or none; what is the same
 * already is not transferred. It is put in its place when all of it has arrived. A file that is written to
 * meanwhile is not the same a moment later, and fails: of a log, fetch a copy.
 *
 * @category Files
 *
 * @example
 * ```ts
 * fetch({ path: "/etc/ssh/ssh_host_ed25519_key.pub", to: "fetched/web-1/host_key.pub" })
 * ```
 *
 * @throws TaskError for a path that is not absolute, or a mode that is none
 */
export const fetch = ({ path, to, mode = "644", optional = false, timeout }: FetchOptions) => {
  const bits = Number.parseInt(normalMode(mode), 8);
  return task<Remote>({
    title: `fetch ${absolute(path)} to ${to}`,
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    probe: {
      command: sh`
if [ -f ${path} ]; then echo "remote=file $(wc -c <${path} | tr -d ' ') $(sha256sum <${path})"
elif [ -e ${path} ] || [ -L ${path} ]; then echo remote=other
else echo remote=absent; fi`,
      parse,
    },
    plan: (now) => {
      if (now.kind === "absent" && optional) return [];
      if (now.kind === "other") throw new TaskError(`${path} is no file that could be fetched`);
      // One that is not there may come by an earlier task; if not, cat says so.
      if (now.kind === "file" && localDigestIfAny(to) === now.sha256) return [];
      const length = now.kind === "file" ? { bytes: now.bytes } : {};
      return [
        {
          summary: `fetch ${path} to ${to}`,
          command: sh`cat ${path}`,
          stdout: { file: to, mode: bits, ...length },
        },
      ];
    },
  });
};
