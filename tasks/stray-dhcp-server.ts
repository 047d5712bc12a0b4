import { type Command, join, sh, task } from "weft";
import { copiesPath } from "./baseline/record.ts";
import { bootPaths, startedPath, wantsPath } from "./dhcp-server/boot.ts";
import { type DhcpProgram, isc, kea } from "./dhcp-server/program.ts";

const programs: readonly DhcpProgram[] = [isc, kea];

// EL6's file holds the address that its server gave the bridge; systemd's takes it back itself.
const remove = (program: DhcpProgram): Command => {
  const { unit } = program;
  const { systemd, sysv } = bootPaths(program);
  const copy = `${copiesPath}${sysv}`;
  return sh`
if [ -d /run/systemd/system ]; then
  systemctl disable --quiet --now ${`${unit}.service`}
  rm -f ${systemd} ${wantsPath(program)} && systemctl daemon-reload
else
  service ${unit} stop; chkconfig ${unit} off
  sed -n 's/.* ip address replace \([^ ]*\) dev \([^ ]*\) .*/ip address del \1 dev \2/p' ${sysv} | sh 2>/dev/null
  if [ -e ${copy} ]; then cp -p ${copy} ${sysv}; else rm -f ${sysv}; fi
fi && rm -f ${startedPath}`;
};

/**
 * No DHCP server that an earlier run set up on this host: for hosts that are to have none any more. One that
 * weft did not set up is left alone, and so are packages and configuration; EL6's /etc/sysconfig/dhcpd is as it
 * was before.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * strayDhcpServer()
 * ```
 */
export const strayDhcpServer = () =>
  task<readonly DhcpProgram[]>({
    title: "no other DHCP server",
    probe: {
      command: join(
        programs.map((program) => {
          const { systemd, sysv } = bootPaths(program);
          return sh`for path in ${systemd} ${sysv}; do
  if grep -q '^# Written by weft' "$path" 2>/dev/null; then echo ${`stray ${program.unit}`}; fi
done`;
        }),
        "\n",
      ),
      parse: ({ stdout }) =>
        programs.filter(({ unit }) => stdout.split("\n").includes(`stray ${unit}`)),
    },
    plan: (found) =>
      found.map((program) => ({
        summary: `stop and disable ${program.unit}`,
        command: remove(program),
      })),
  });
