import { type Command, sh, TaskError, task } from "weft";
import { subshell } from "./command/subshell.ts";

interface RebootOptions {
  /** A read-only command that exits with 0 where the host must be booted. Left out: at every run. */
  readonly when?: Command;
}

/**
 * Boots the host and waits, for ten minutes at most, until it answers under another boot id. What `when` asks
 * must be mended by the boot. Services that start late may still be starting when the next task asks for them.
 *
 * @category Commands
 *
 * @example
 * ```ts
 * reboot({ when: sh`! needs-restarting -r` })
 * ```
 */
export const reboot = ({ when }: RebootOptions = {}) =>
  task({
    title: when === undefined ? "reboot" : `reboot when ${when.display.trim()}`,
    ...(when === undefined && { unverified: true }),
    probe: {
      command:
        when === undefined
          ? sh`echo needed=yes`
          : sh`if ${subshell(when)} >/dev/null; then echo needed=yes; else echo needed=no; fi`,
      parse: ({ stdout, stderr }) => {
        const needed = /^needed=(yes|no)$/m.exec(stdout)?.[1];
        if (needed === undefined) throw new TaskError(`\`when\` cannot be run: ${stderr.trim()}`);
        return { needed: needed === "yes" };
      },
    },
    plan: ({ needed }) =>
      needed
        ? [
            {
              summary: "boot the host",
              // It ends with its connection. A sleep that the shutdown kills must not end it before.
              command: sh`
if [ -d /run/systemd/system ]; then systemctl reboot; else shutdown -r now; fi || exit
waited=0
while [ "$waited" -lt 300 ]; do sleep 1; waited=$((waited + 1)); done
echo 'five minutes after it was told to boot, the host still runs' >&2
exit 1`,
              mayDisconnect: "boots",
            },
          ]
        : [],
  });
