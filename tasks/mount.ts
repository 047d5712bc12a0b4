import { change, sh, TaskError, task } from "weft";
import { linesOf, textOf } from "./file/edit-file.ts";
import { absolute } from "./file/entry.ts";
import { replaceFile } from "./file/replace-file.ts";
import { askText, parseText } from "./file/text.ts";

interface MountOptions {
  /** Where; the directory is made where it is missing. */
  readonly path: string;
  /** A device, "UUID=...", "server:/export", or a word such as "tmpfs". */
  readonly source: string;
  /** The file system's type: "xfs", "nfs", "tmpfs", "none" for a bind mount. */
  readonly type: string;
  /** As mount(8) takes them. Default: ["defaults"]. */
  readonly options?: readonly string[];
  /** Order of fsck at boot, 0 for never. Default: 0. */
  readonly pass?: number;
  /** True: neither mounted nor in fstab. Default: false. */
  readonly absent?: boolean;
}

const fstab = "/etc/fstab";

/** fstab(5) and /proc/mounts write white space and backslashes in octal. */
const escaped = (field: string): string =>
  field.replace(/[\s\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);

const lineOf = ({ path, source, type, options = ["defaults"], pass = 0 }: MountOptions): string =>
  [source, path, type, options.join(",")].map(escaped).concat("0", String(pass)).join(" ");

/** The text of fstab with the mount in it once, or not at all. Pure. */
export const withMount = (text: string, wanted: MountOptions): string => {
  const line = lineOf(wanted);
  const lines = linesOf(text);
  const isPath = (it: string) =>
    !it.trimStart().startsWith("#") && it.trim().split(/\s+/)[1] === escaped(wanted.path);
  const at = lines.findIndex(isPath);
  const found = lines.filter(isPath);
  // White space between the fields is the writer's taste.
  const same = found.length === 1 && found[0]?.trim().split(/\s+/).join(" ") === line;
  if (wanted.absent ? found.length === 0 : same) return text;
  const kept = lines.flatMap((it, index) => {
    if (!isPath(it)) return [it];
    return index === at && !wanted.absent ? [line] : [];
  });
  return textOf(at === -1 ? [...kept, line] : kept);
};

/** Whether a mounted type is the wanted one: nfs is mounted as nfs4, glusterfs as fuse.glusterfs. */
const isType = (mounted: string, wanted: string): boolean =>
  ["none", "auto"].includes(wanted) || mounted.startsWith(wanted) || mounted.endsWith(`.${wanted}`);

/**
 * A file system, mounted now and at boot. One that is mounted with other options is remounted when its
 * line in fstab changes.
 *
 * @category System
 *
 * @example
 * ```ts
 * mount({ path: "/srv", source: "LABEL=data", type: "xfs", options: ["noatime"] })
 * ```
 *
 * @throws TaskError for a path that is not absolute
 */
export const mount = (options: MountOptions) => {
  const { path, source, type, absent = false } = options;
  const write = (text: string) => replaceFile({ path: fstab, text });
  return task({
    title: `${absent ? "no mount" : "mount"} ${absolute(path)}`,
    probe: {
      command: sh`
if [ -r /proc/mounts ]; then sed 's/^/mount|/' /proc/mounts; fi
if [ -f ${fstab} ]; then ${askText(fstab)}; fi`,
      parse: (result) => {
        const mounts = result.stdout.split("\n").filter((line) => line.startsWith("mount|"));
        if (mounts.length === 0) throw new TaskError("the host does not tell what is mounted");
        // The last one on a path hides those before it.
        const live = mounts.map((it) => it.split(" ")).findLast((it) => it[1] === escaped(path));
        return { type: live?.[2], text: parseText(result) };
      },
    },
    plan: ({ type: mounted, text = "" }) => {
      const after = withMount(text, options);
      const edited = after !== text;
      const diff = { diff: { subject: fstab, before: text, after } };
      const bind = type === "none";
      if (!absent && mounted !== undefined && !isType(mounted, type)) {
        throw new TaskError(`a file system of type ${mounted} is mounted on ${path}, not ${type}`, {
          hint: `Unmount it first: umount ${path}`,
        });
      }
      const remount = edited && mounted !== undefined && !bind;
      return [
        ...(absent ? change(mounted !== undefined, `unmount ${path}`, sh`umount ${path}`) : []),
        ...change(
          edited,
          `${absent ? "remove" : "write"} ${path} ${absent ? "from" : "to"} ${fstab}${!absent && remount ? ", remount it" : ""}`,
          !absent && remount ? sh`${write(after)} && mount -o remount ${path}` : write(after),
          diff,
        ),
        ...(absent
          ? []
          : change(
              mounted === undefined,
              `mount ${source} on ${path}`,
              sh`mkdir -p ${path} && mount ${path}`,
            )),
      ];
    },
  });
};
