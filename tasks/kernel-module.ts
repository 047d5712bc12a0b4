import { change, sh, TaskError, task } from "weft";
import { replaceFile } from "./file/replace-file.ts";
import { askText, parseText } from "./file/text.ts";

interface KernelModuleOptions {
  /** As lsmod(8) lists it. */
  readonly name: string;
}

/**
 * A kernel module, loaded now and at boot. One that is built into the kernel is there already.
 *
 * EL6 reads scripts in /etc/sysconfig/modules, later ones /etc/modules-load.d: modules-load.d(5).
 *
 * @category System
 *
 * @example
 * ```ts
 * kernelModule({ name: "br_netfilter" })
 * ```
 *
 * @throws TaskError for a text that is no module's name
 */
export const kernelModule = ({ name }: KernelModuleOptions) => {
  if (!/^\w[\w-]*$/.test(name)) throw new TaskError(`"${name}" is no kernel module's name`);
  // The kernel itself knows no "-".
  const loaded = name.replaceAll("-", "_");
  const either = name.replace(/[-_]/g, "[-_]");
  const files = {
    systemd: { path: `/etc/modules-load.d/weft-${name}.conf`, text: `${name}\n`, mode: "644" },
    sysv: {
      path: `/etc/sysconfig/modules/weft-${name}.modules`,
      text: `#!/bin/sh\nexec /sbin/modprobe ${name} >/dev/null 2>&1\n`,
      mode: "755",
    },
  };
  return task({
    title: `kernel module ${name}`,
    probe: {
      command: sh`
if grep -q ${`/${either}\\.ko`} "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null; then echo module=builtin
elif [ -d ${`/sys/module/${loaded}`} ] || grep -q ${`^${loaded} `} /proc/modules 2>/dev/null; then echo module=loaded
else echo module=absent; fi
if [ -d /run/systemd/system ]; then
  echo manager=systemd; if [ -f ${files.systemd.path} ]; then ${askText(files.systemd.path)}; fi
else
  echo manager=sysv; if [ -f ${files.sysv.path} ]; then ${askText(files.sysv.path)}; fi
fi`,
      parse: (result) => {
        const { stdout, stderr } = result;
        const module = /^module=(builtin|loaded|absent)$/m.exec(stdout)?.[1];
        const manager = /^manager=(systemd|sysv)$/m.exec(stdout)?.[1];
        if (module === undefined || manager === undefined) {
          throw new TaskError(`the host does not tell its modules: ${stderr.trim()}`);
        }
        return { module, manager: manager as keyof typeof files, text: parseText(result) };
      },
    },
    plan: ({ module, manager, text: now }) => {
      if (module === "builtin") return [];
      const { path, text, mode } = files[manager];
      return [
        ...change(module === "absent", `load ${name}`, sh`modprobe ${name}`),
        ...change(now !== text, `write ${path}`, replaceFile({ path, text, mode }), {
          diff: { subject: path, before: now ?? "", after: text },
        }),
      ];
    },
  });
};
