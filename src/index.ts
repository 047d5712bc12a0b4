export type { Facts } from "./facts.ts";
export {
  type Contract,
  type CrossHostProblem,
  defineContract,
  type Peer,
} from "./inventory/contract.ts";
export { inventory } from "./inventory/inventory.ts";
export { type PlayScope, playbook } from "./playbook.ts";
export { Problem } from "./problem.ts";
export { onChange, tagged, when } from "./refine.ts";
export { type Command, join, sh } from "./shell/command.ts";
export { secret } from "./shell/secret.ts";
export type { Connection } from "./ssh/transport.ts";
export {
  type Change,
  type CommandResult,
  change,
  type Diff,
  type Probe,
  type Task,
  TaskError,
  task,
} from "./task.ts";
export type { TaskList } from "./task-list.ts";
