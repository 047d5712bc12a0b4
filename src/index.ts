export type { Become, BecomeWish } from "./become.ts";
export { block } from "./block.ts";
export type { Facts } from "./facts.ts";
export { flushHandlers, onChange } from "./handlers.ts";
export { ageFile } from "./inventory/age-file.ts";
export {
  type Contract,
  type CrossHostProblem,
  defineContract,
  type Peer,
} from "./inventory/contract.ts";
export { inventory } from "./inventory/inventory.ts";
export { secretString } from "./inventory/secret-string.ts";
export { type PlayScope, playbook } from "./playbook.ts";
export { Problem } from "./problem.ts";
export { tagged, when } from "./refine.ts";
export { after, type Result, register, result } from "./result.ts";
export {
  become,
  delegateTo,
  ignoreErrors,
  retry,
  runOnce,
  throttle,
  within,
} from "./settings.ts";
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
export type { FailedTask, TaskItem, TaskList, TaskResult } from "./task-list.ts";
