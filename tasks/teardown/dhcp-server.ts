import { posix } from "node:path";
import { change, sh, type TaskList, task } from "weft";
import { copiesPath } from "../baseline/record.ts";
import { bootPaths } from "../dhcp-server/boot.ts";
import { isc, kea } from "../dhcp-server/program.ts";
import { strayDhcpServer } from "../stray-dhcp-server.ts";

const programs = [isc, kea];

const configuration = () =>
  task<readonly string[]>({
    title: "no DHCP server's configuration of weft",
    probe: {
      command: sh`
grep -lE '^(#|//) Written by weft' ${programs.map(({ configPath }) => configPath)} 2>/dev/null
true`,
      parse: ({ stdout }) => stdout.split("\n").filter((line) => line !== ""),
    },
    plan: (found) =>
      programs
        .filter(({ configPath }) => found.includes(configPath))
        .flatMap((program) => {
          const { configPath } = program;
          const copy = `${copiesPath}${configPath}`;
          return change(
            true,
            `remove ${configPath}, or put back what was there before`,
            sh`
rmdir ${posix.dirname(bootPaths(program).systemd)} 2>/dev/null
if [ -e ${copy} ]; then cp -p ${copy} ${configPath}; else rm -f ${configPath}; fi`,
          );
        }),
  });

/** No DHCP server of the network. A configuration that the host had of its own is put back. */
export const noDhcpServer = (): TaskList => [strayDhcpServer(), configuration()];
