import { change, sh, TaskError, task } from "weft";
import { replaceFile } from "./file/replace-file.ts";
import { askText, parseText } from "./file/text.ts";

interface SysctlOptions {
  /** "net.ipv4.ip_forward"; with slashes where a part holds a dot: "net/ipv4/conf/eth0.1/forwarding". */
  readonly name: string;
  /** In the kernel's own unit. Several numbers are separated by spaces. */
  readonly value: string | number;
}

/** Tabs and spaces are one to the kernel. */
const normal = (value: string): string => value.trim().replace(/\s+/g, " ");

/** The path below /proc/sys: the first separator tells which one it is (sysctl(8)). */
const partsOf = (name: string): string =>
  /^[^./]*\//.test(name) ? name : name.replaceAll(".", "/");

/**
 * A kernel parameter: live, and in a file of its own in /etc/sysctl.d that is read last.
 *
 * @category System
 *
 * @example
 * ```ts
 * sysctl({ name: "net.ipv4.ip_forward", value: 1 })
 * ```
 *
 * @throws TaskError for a name that is no path below /proc/sys
 */
export const sysctl = ({ name, value }: SysctlOptions) => {
  const parts = partsOf(name);
  if (!/^[\w:@-][\w.:@-]*(\/[\w:@-][\w.:@-]*)+$/.test(parts)) {
    throw new TaskError(`"${name}" is no kernel parameter's name`);
  }
  const wanted = normal(String(value));
  const live = `/proc/sys/${parts}`;
  const path = `/etc/sysctl.d/99-weft-${parts.replaceAll("/", ".")}.conf`;
  // With slashes, since a dot within a part would be taken for a separator.
  const text = `${parts} = ${wanted}\n`;
  return task({
    title: `sysctl ${name} = ${wanted}`,
    probe: {
      command: sh`
if [ -e ${live} ]; then if value=$(cat ${live}); then echo "live=$value"; else echo unreadable; fi; fi
if [ -f ${path} ]; then ${askText(path)}; fi`,
      parse: (result) => {
        const { stdout, stderr } = result;
        if (/^unreadable$/m.test(stdout)) {
          throw new TaskError(`${live} cannot be read: ${stderr.trim()}`);
        }
        const now = /^live=(.*)$/m.exec(stdout)?.[1];
        return { live: now === undefined ? undefined : normal(now), text: parseText(result) };
      },
    },
    plan: (now) => [
      ...change(now.text !== text, `write ${path}`, replaceFile({ path, text }), {
        diff: { subject: path, before: now.text ?? "", after: text },
      }),
      ...change(
        now.live !== wanted,
        `set ${name} to ${wanted} (was ${now.live ?? "absent"})`,
        sh`printf '%s\n' ${wanted} >${live}`,
      ),
    ],
  });
};
