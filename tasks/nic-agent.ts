import { change, sh, task } from "weft";
import { replaceFile } from "./file/replace-file.ts";
import { readSection, section } from "./file/section.ts";
import { service, serviceFiles } from "./nic/agent-service.ts";
import {
  askService,
  parseService,
  planService,
  type ServiceState,
  startService,
} from "./service.ts";

/** The agent's service on a host. */
export interface NicAgentState {
  readonly service: ServiceState;
  /** Its unit, or its script in /etc/init.d. */
  readonly file: string | undefined;
}

/**
 * The host's own agent: brings containers' NICs back at boot and whenever a container or Open vSwitch starts
 * anew, and removes what is left of those that are gone, without the control machine. Needs
 * {@link nicTools} and {@link declaredNetwork}.
 *
 * It sleeps until Docker or the kernel tells it of something, and looks at everything once a minute. Its log
 * says container and action: `journalctl -u weft-agent`, or the syslog on EL6.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * nicAgent()
 * ```
 */
export const nicAgent = () =>
  task<NicAgentState>({
    title: "agent that brings NICs back",
    probe: {
      command: sh`
if [ -d /run/systemd/system ]; then
  ${readSection("file", serviceFiles.systemd.path)}
else
  ${readSection("file", serviceFiles.sysv.path)}
fi
${askService(service)}`,
      parse: (result) => ({
        service: parseService(result.stdout),
        file: section("file", result),
      }),
    },
    plan: (now) => {
      const file = serviceFiles[now.service.manager];
      const edited = now.file !== file.text;
      const reload = sh`if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi`;
      return [
        ...change(
          edited,
          `write ${file.path} and start ${service}`,
          // One with the writing: a run that is cut in between would take the old agent for the new.
          sh`${replaceFile(file)} && ${reload} && ${startService(service, "restart")}`,
          { diff: { subject: file.path, before: now.file ?? "", after: file.text } },
        ),
        ...planService({ unit: service }, edited ? { ...now.service, running: true } : now.service),
      ];
    },
  });
