import { change, sh, TaskError, task } from "weft";
import { replaceFile } from "./file/replace-file.ts";
import { askText, parseText } from "./file/text.ts";
import { withLine } from "./line-in-file.ts";

type Mode = "enforcing" | "permissive" | "disabled";

interface SelinuxOptions {
  /** "permissive" writes down what "enforcing" would refuse. */
  readonly mode: Mode;
}

const config = "/etc/selinux/config";
const missing = "SELinux is not on this host";

/**
 * SELinux's mode, now and at boot. Turning it off or on for good needs a boot, which is said and not done.
 *
 * @category System
 *
 * @example
 * ```ts
 * selinux({ mode: "enforcing" })
 * ```
 */
export const selinux = ({ mode }: SelinuxOptions) =>
  task({
    title: `SELinux ${mode}`,
    probe: {
      command: sh`
if command -v getenforce >/dev/null 2>&1; then echo "live=$(getenforce)"; else echo live=Absent; fi
if [ -f ${config} ]; then ${askText(config)}; fi`,
      parse: (result) => {
        const live = /^live=(Enforcing|Permissive|Disabled|Absent)$/m.exec(result.stdout)?.[1];
        if (live === undefined) {
          throw new TaskError(`getenforce's answer cannot be understood: ${result.stderr.trim()}`);
        }
        return { live: live.toLowerCase(), text: parseText(result) };
      },
    },
    plan: ({ live, text = "" }) => {
      if (live === "absent") {
        if (mode === "disabled") return [];
        throw new TaskError(missing, {
          hint: "Install selinux-policy-targeted and libselinux-utils, and boot the host.",
        });
      }
      const line = `SELINUX=${mode}`;
      const after = withLine(text, { path: config, line, match: /^SELINUX=/ });
      // The kernel takes neither "disabled" nor a change away from it while it runs.
      const settable = live !== "disabled" && mode !== "disabled";
      return [
        ...change(
          after !== text,
          `have SELinux ${mode} at boot`,
          replaceFile({ path: config, text: after }),
          { diff: { subject: config, before: text, after } },
        ),
        ...change(
          settable && live !== mode,
          `make SELinux ${mode} (was ${live})`,
          sh`setenforce ${mode === "enforcing" ? 1 : 0}`,
        ),
      ];
    },
    report: ({ live }) => {
      if (live === "absent") return missing;
      const waits = live !== mode && (live === "disabled" || mode === "disabled");
      return waits ? `SELinux is ${live} until the host is booted` : undefined;
    },
  });
