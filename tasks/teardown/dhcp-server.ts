import { posix } from "node:path";
import { change, sh, task } from "weft";
import { type Baseline, copiesPath, parseRecord, recordPath } from "../baseline/record.ts";
import { bootPaths } from "../dhcp-server/boot.ts";
import { type DhcpProgram, isc, kea } from "../dhcp-server/program.ts";
import { readSection, section } from "../file/section.ts";
import { enableService, startService } from "../service.ts";

const programs: readonly DhcpProgram[] = [isc, kea];

interface DhcpServerState {
  /** Those that have a configuration of weft's. */
  readonly configured: readonly DhcpProgram[];
  readonly services: Baseline["services"] | undefined;
}

/**
 * No configuration of weft's for a DHCP server, once its server is stopped. A server that the host had of its
 * own has its own configuration again, and runs where it did: its subnets' addresses have to be there.
 */
export const dhcpServerAsBefore = () =>
  task<DhcpServerState>({
    title: "DHCP server as before",
    probe: {
      command: sh`
grep -lE '^(#|//) Written by weft' ${programs.map(({ configPath }) => configPath)} 2>/dev/null
${readSection("baseline", recordPath)}`,
      parse: (result) => {
        const lines = result.stdout.split("\n");
        const record = section("baseline", result);
        return {
          configured: programs.filter(({ configPath }) => lines.includes(configPath)),
          services: record === undefined ? undefined : parseRecord(record).services,
        };
      },
    },
    plan: ({ configured, services }) =>
      configured.flatMap((program) => {
        const { configPath, unit } = program;
        const copy = `${copiesPath}${configPath}`;
        const before = services?.get(unit);
        return [
          ...change(
            true,
            `remove ${configPath}, or put back what was there before`,
            sh`
rmdir ${posix.dirname(bootPaths(program).systemd)} 2>/dev/null
if [ -e ${copy} ]; then cp -p ${copy} ${configPath}; else rm -f ${configPath}; fi`,
          ),
          ...change(before?.enabled === true, `enable ${unit}, as before`, enableService(unit)),
          ...change(before?.running === true, `start ${unit}, as before`, startService(unit)),
        ];
      }),
  });
