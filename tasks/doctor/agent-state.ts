import { task } from "weft";
import { service } from "../nic/agent-service.ts";
import { askService, parseService, type ServiceState } from "../service.ts";

/** Whether the agent runs that brings NICs back. */
export const agentState = () =>
  task<ServiceState>({
    title: "the agent runs",
    probe: { command: askService(service), parse: ({ stdout }) => parseService(stdout) },
    plan: () => [],
  });
