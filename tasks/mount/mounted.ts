import { type Command, type CommandResult, sh, TaskError } from "weft";

/** What is mounted on a path, of all that is there the one that can be seen. */
export interface Mounted {
  readonly type: string;
  /** As who mounted it wrote it; of a bind mount the device of the file system. */
  readonly source: string;
  /** "8:17"; "0:..." where the file system has no block device, or several. */
  readonly device: string;
  readonly flags: readonly string[];
}

/** fstab(5) and the kernel write white space and some other characters in octal. */
export const escaped = (field: string): string =>
  field.replace(/[\s\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);

const unescaped = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

const isTag = (source: string): boolean => /^(PART)?(UUID|LABEL)=/.test(source);
const isDevice = (source: string): boolean => source.startsWith("/dev/");

const askDevice = (source: string): Command => {
  if (!isTag(source) && !isDevice(source)) return sh`:`;
  const device = isTag(source) ? sh`device=$(findfs ${source} 2>/dev/null)` : sh`device=${source}`;
  return sh`if ${device} && [ -e "$device" ]; then stat -L -c 'device|%t:%T' "$device"; fi`;
};

/** Asks what is mounted, and which device a source is. */
export const askMounted = (source: string): Command => sh`
if [ -r /proc/self/mountinfo ]; then sed 's/^/mount|/' /proc/self/mountinfo; fi
${askDevice(source)}`;

const parseLine = (line: string): Mounted | undefined => {
  // Between the flags and the dash are as many fields as the kernel likes.
  const [own = "", shared = ""] = line.split(" - ");
  const [, , device, , , flags] = own.split(" ");
  const [type, source, more] = shared.split(" ");
  if (device === undefined || flags === undefined || type === undefined) return undefined;
  const isReadOnly = more?.split(",").includes("ro") ? ["ro"] : [];
  return {
    type,
    source: unescaped(source ?? ""),
    device,
    flags: [...flags.split(","), ...isReadOnly],
  };
};

/**
 * Reads the answer of {@link askMounted}: what is on a path, and the device that the declared source is.
 *
 * @throws TaskError where the host does not tell
 */
export const parseMounted = (
  path: string,
  { stdout }: CommandResult,
): { readonly mounted: Mounted | undefined; readonly device: string | undefined } => {
  const lines = stdout.split("\n").filter((line) => line.startsWith("mount|"));
  if (lines.length === 0) throw new TaskError("the host does not tell what is mounted");
  // The last one on a path hides those before it.
  const line = lines.findLast((it) => it.split(" ")[4] === escaped(path));
  const [, major, minor] = /^device\|([0-9a-f]+):([0-9a-f]+)$/m.exec(stdout) ?? [];
  return {
    mounted: line === undefined ? undefined : parseLine(line),
    device: major && minor ? `${parseInt(major, 16)}:${parseInt(minor, 16)}` : undefined,
  };
};

const exportOf = (source: string): string => source.replace(/\/+/g, "/").replace(/\/$/, "");

/**
 * Whether something else than the declared source is mounted, as far as that can be told: by the numbers
 * of a block device, or by the name of an export.
 *
 * @param device the numbers of the declared source
 */
export const isOther = (mounted: Mounted, source: string, device: string | undefined): boolean => {
  if (/^nfs4?$/.test(mounted.type)) return exportOf(mounted.source) !== exportOf(source);
  if (mounted.device.startsWith("0:")) return false;
  // A path that is not there cannot be mounted. A tag that is not found may be beyond findfs(8).
  return isDevice(source)
    ? mounted.device !== device
    : device !== undefined && mounted.device !== device;
};

/** Options that the kernel shows as they were given, and what takes each of them back. */
const SHOWN = { ro: "rw", nosuid: "suid", nodev: "dev", noexec: "exec", noatime: "atime" } as const;

/** Whether options are in force, of those that can be told: a default that is not written is none. */
export const inForce = ({ flags }: Mounted, options: readonly string[]): boolean =>
  Object.entries(SHOWN).every(([flag, opposite]) => {
    const declared = options.lastIndexOf(flag) - options.lastIndexOf(opposite);
    return declared === 0 || flags.includes(flag) === declared > 0;
  });
