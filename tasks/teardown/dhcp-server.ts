import { posix } from "node:path";
import { change, sh, task } from "weft";
import {
  askServices,
  type Baseline,
  copiesPath,
  parseRecord,
  recordPath,
} from "../baseline/record.ts";
import { bootPaths } from "../dhcp-server/boot.ts";
import { type DhcpProgram, isc, kea } from "../dhcp-server/program.ts";
import { readSection, section } from "../file/section.ts";
import { enableService, startService } from "../service.ts";

const programs: readonly DhcpProgram[] = [isc, kea];

interface DhcpServerState {
  /** Those that have a configuration of weft's. */
  readonly configured: readonly DhcpProgram[];
  /** Those that had one of the host's own. */
  readonly replaced: readonly DhcpProgram[];
  readonly now: Baseline["services"];
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
for path in ${programs.map(({ configPath }) => configPath)}; do
  if [ -e ${copiesPath}"$path" ]; then echo "replaced $path"; fi
done
${askServices}
${readSection("baseline", recordPath)}`,
      parse: (result) => {
        const lines = result.stdout.split("\n");
        const record = section("baseline", result);
        return {
          configured: programs.filter(({ configPath }) => lines.includes(configPath)),
          replaced: programs.filter(({ configPath }) => lines.includes(`replaced ${configPath}`)),
          now: parseRecord(result.stdout).services,
          services: record === undefined ? undefined : parseRecord(record).services,
        };
      },
    },
    plan: ({ configured, replaced, now, services }) =>
      programs.flatMap((program) => {
        const { configPath, unit } = program;
        const copy = `${copiesPath}${configPath}`;
        const isConfigured = configured.includes(program);
        // One whose start failed in an earlier run is still to come back.
        const isStopped = isConfigured || replaced.includes(program);
        const before = isStopped ? services?.get(unit) : undefined;
        const is = isConfigured ? undefined : now.get(unit);
        return [
          ...change(
            isConfigured,
            `remove ${configPath}, or put back what was there before`,
            sh`
rmdir ${posix.dirname(bootPaths(program).systemd)} 2>/dev/null
if [ -e ${copy} ]; then cp -p ${copy} ${configPath}; else rm -f ${configPath}; fi`,
          ),
          ...change(
            before?.enabled === true && is?.enabled !== true,
            `enable ${unit}, as before`,
            enableService(unit),
          ),
          ...change(
            before?.running === true && is?.running !== true,
            `start ${unit}, as before`,
            startService(unit),
          ),
        ];
      }),
  });
