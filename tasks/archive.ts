import { existsSync } from "node:fs";
import { posix } from "node:path";
import { type Change, sh, TaskError, task } from "weft";
import { absolute } from "./file/entry.ts";

interface ArchiveOptions {
  /** A tar on the host, or a local one that is streamed to it: .tar, .tar.gz, .tgz, .tar.bz2 or .tar.xz. */
  readonly archive: { readonly host: string } | { readonly local: string };
  /** The directory to unpack into; it is made where it is missing. */
  readonly into: string;
  /** A path below `into` that the archive brings; where it is there, there is nothing to do. */
  readonly creates: string;
  /** Leading parts of the names in the archive to leave out. Default: 0. */
  readonly strip?: number;
  /** Seconds that it may take. Default: 600. */
  readonly timeout?: number;
}

/** tar's flag for the compression, which it cannot find out from a pipe. */
const filterOf = (file: string): readonly string[] => {
  if (/\.(tar\.gz|tgz)$/.test(file)) return ["-z"];
  if (/\.(tar\.bz2|tbz2?)$/.test(file)) return ["-j"];
  if (/\.(tar\.xz|txz)$/.test(file)) return ["-J"];
  if (file.endsWith(".tar")) return [];
  throw new TaskError(`${file} is no archive of a kind that can be unpacked`, {
    hint: "Its name must end with .tar, .tar.gz, .tgz, .tar.bz2 or .tar.xz.",
  });
};

/**
 * An unpacked tar, its files owned by who unpacks it. What `creates` names is put in its place last, so that an unpacking that was cut is done
 * again.
 *
 * @category Files
 *
 * @example
 * ```ts
 * archive({
 *   archive: { local: "build/app-1.2.tar.gz" },
 *   into: "/opt/app",
 *   creates: "/opt/app/bin/app",
 *   strip: 1,
 * })
 * ```
 *
 * @throws TaskError where `creates` is not below `into`, or there is no such local file
 */
export const archive = (options: ArchiveOptions) => {
  const { into, strip = 0, timeout } = options;
  const local = "local" in options.archive;
  const from = "local" in options.archive ? options.archive.local : absolute(options.archive.host);
  const creates = absolute(options.creates);
  const part = posix.relative(absolute(into), creates);
  if (part === "" || part.startsWith("..")) {
    throw new TaskError(`${creates} is not below ${into}, so no archive unpacked there brings it`);
  }
  if (local && !existsSync(from)) throw new TaskError(`there is no local file ${from}`);
  const flags = [...filterOf(from), ...(strip > 0 ? [`--strip-components=${strip}`] : [])];
  const staged = posix.join(into, ".weft-unpack");
  const held = posix.join(into, ".weft-creates");
  const unpack = sh`
mkdir -p ${into} && rm -rf ${staged} ${held} && mkdir -m 700 ${staged} && {
  tar -x -o -f ${local ? "-" : from} -C ${staged} ${flags} &&
  if [ ! -e ${posix.join(staged, part)} ]; then echo ${`the archive brings no ${part}`} >&2; false; fi &&
  mv ${posix.join(staged, part)} ${held} &&
  for part in ${staged}/* ${staged}/.[!.]*; do
    if [ -e "$part" ] || [ -L "$part" ]; then cp -a "$part" ${into} || exit 1; fi
  done && mv ${held} ${creates} && rm -rf ${staged}
} || { rm -rf ${staged} ${held}; false; }`;
  const step: Change = {
    summary: `unpack ${from} into ${into}`,
    command: unpack,
    ...(local && { stdin: { file: from } }),
  };
  return task({
    title: `archive ${posix.basename(from)} in ${into}`,
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    probe: {
      command: sh`if [ -e ${creates} ]; then echo unpacked=yes; else echo unpacked=no; fi`,
      parse: ({ stdout, stderr }) => {
        const unpacked = /^unpacked=(yes|no)$/m.exec(stdout)?.[1];
        if (unpacked === undefined) throw new TaskError(`no answer: ${stderr.trim()}`);
        return { unpacked: unpacked === "yes" };
      },
    },
    plan: ({ unpacked }) => (unpacked ? [] : [step]),
  });
};
