import { change, sh, task } from "weft";
import { service, serviceFiles } from "../nic/agent-service.ts";
import { askService, parseService, type ServiceState } from "../service.ts";

interface AgentState {
  readonly service: ServiceState;
  readonly file: boolean;
}

/** No agent on the host: it would bring back what is taken away. */
export const noAgent = () =>
  task<AgentState>({
    title: "no agent that brings NICs back",
    probe: {
      command: sh`
if [ -d /run/systemd/system ]; then path=${serviceFiles.systemd.path}; else path=${serviceFiles.sysv.path}; fi
if [ -e "$path" ]; then echo file=yes; fi
${askService(service)}`,
      parse: ({ stdout }) => ({
        service: parseService(stdout),
        file: /^file=yes$/m.test(stdout),
      }),
    },
    plan: ({ service: { manager, running }, file }) => {
      const { path } = serviceFiles[manager];
      return change(
        file || running,
        `stop and remove ${service}`,
        manager === "systemd"
          ? sh`
systemctl disable --quiet --now ${`${service}.service`} && rm -f ${path} && systemctl daemon-reload &&
{ systemctl reset-failed ${`${service}.service`} 2>/dev/null; true; }`
          : sh`service ${service} stop && chkconfig --del ${service} && rm -f ${path}`,
      );
    },
  });
