import { change, sh, task } from "weft";
import { replaceFile } from "../file/replace-file.ts";
import { readSection, section } from "../file/section.ts";

const directory = "/etc/systemd/system/ovs-vswitchd.service.d";
const path = `${directory}/weft.conf`;

// Seen with Open vSwitch 3.1.0 on machines that boot fast: the log says "Overriding n-handler-threads to 0",
// ten seconds after power-on to 1, and `ovs-dpctl show` counts every missed packet as lost until a restart.
// systemd takes "$$" for "$".
const text = `# Written by weft: the next run takes changes back.
# Open vSwitch that starts in a machine's first ten seconds may count no processor, and then never hears of
# packets that the kernel has no flow for.
[Service]
ExecStartPre=/bin/sh -c 'until [ "$$(cut -d. -f1 /proc/uptime)" -gt 10 ]; do sleep 1; done'
`;

/**
 * Open vSwitch's daemon waits at boot until it counts processors right. Init scripts of SysV come late enough.
 */
export const vswitchdStart = () =>
  task<{ readonly systemd: boolean; readonly text: string | undefined }>({
    title: "Open vSwitch not in a machine's first ten seconds",
    probe: {
      command: sh`
if [ -d /run/systemd/system ]; then echo manager=systemd; fi
${readSection("start", path)}`,
      parse: (result) => ({
        systemd: /^manager=systemd$/m.test(result.stdout),
        text: section("start", result),
      }),
    },
    plan: (now) =>
      change(
        now.systemd && now.text !== text,
        `write ${path}`,
        sh`${replaceFile({ path, text })} && systemctl daemon-reload`,
        { diff: { subject: path, before: now.text ?? "", after: text } },
      ),
  });

/** Open vSwitch's daemon starts as its package says. */
export const noVswitchdStart = () =>
  task<boolean>({
    title: "Open vSwitch starts as its package says",
    probe: {
      command: sh`if [ -e ${path} ]; then echo waits; fi`,
      parse: ({ stdout }) => stdout.includes("waits"),
    },
    plan: (waits) =>
      change(
        waits,
        `remove ${path}`,
        sh`rm -f ${path} && { rmdir ${directory} 2>/dev/null || :; } && systemctl daemon-reload`,
      ),
  });
