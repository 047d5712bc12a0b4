import { change, sh, TaskError, task } from "weft";
import { linesOf, textOf } from "./file/edit-file.ts";
import { absolute } from "./file/entry.ts";
import { replaceFile } from "./file/replace-file.ts";
import { askText, parseText } from "./file/text.ts";
import { askMounted, escaped, inForce, isOther, parseMounted } from "./mount/mounted.ts";

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
 * A file system, mounted now and at boot. One that is mounted is remounted when its line in fstab changes,
 * and where it shows that one of the options ro, rw, nosuid, nodev, noexec and noatime, or the opposite of
 * one, is not in force as declared. Other options are compared with fstab's only.
 *
 * A remount changes neither type nor source, so another one on the path is an error. The source is compared
 * where it is a device, by path, UUID or label, or an NFS export; not for bind mounts, btrfs and the like.
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
  const remount = sh`mount -o remount ${path}`;
  return task({
    title: `${absent ? "no mount" : "mount"} ${absolute(path)}`,
    probe: {
      command: sh`
${askMounted(source)}
if [ -f ${fstab} ]; then ${askText(fstab)}; fi`,
      parse: (result) => ({ ...parseMounted(path, result), text: parseText(result) }),
    },
    plan: ({ mounted, device, text = "" }) => {
      const after = withMount(text, options);
      const edited = after !== text;
      const diff = { diff: { subject: fstab, before: text, after } };
      if (absent) {
        return [
          ...change(mounted !== undefined, `unmount ${path}`, sh`umount ${path}`),
          ...change(edited, `remove ${path} from ${fstab}`, write(after), diff),
        ];
      }
      if (mounted === undefined) {
        return [
          ...change(edited, `write ${path} to ${fstab}`, write(after), diff),
          ...change(true, `mount ${source} on ${path}`, sh`mkdir -p ${path} && mount ${path}`),
        ];
      }
      const hint = `Unmount it first: umount ${path}`;
      if (!isType(mounted.type, type)) {
        throw new TaskError(
          `a file system of type ${mounted.type} is mounted on ${path}, not ${type}`,
          { hint },
        );
      }
      const isBind = type === "none";
      if (isBind) return change(edited, `write ${path} to ${fstab}`, write(after), diff);
      if (isOther(mounted, source, device)) {
        throw new TaskError(`${mounted.source} is mounted on ${path}, not ${source}`, { hint });
      }
      if (!edited) {
        return change(!inForce(mounted, options.options ?? []), `remount ${path}`, remount);
      }
      return change(
        true,
        `write ${path} to ${fstab}, remount it`,
        // An fstab that told of options that are not in force would pass for done.
        sh`${write(after)} && { ${remount} || { ${write(text)}; false; }; }`,
        diff,
      );
    },
  });
};
