import type { BecomeWish } from "./become.ts";
import { Problem } from "./problem.ts";
import { refined } from "./refine.ts";
import type { Task } from "./task.ts";
import type { TaskItem, TaskList } from "./task-list.ts";
import { type Surroundings, settingsWithin, type TaskSettings } from "./task-settings.ts";

type Tasks = TaskItem | TaskList;

/** Tasks under settings; what a task has of its own counts more. */
export const withSettings = (settings: TaskSettings, tasks: Tasks): readonly TaskItem[] =>
  refined(tasks, (task) => ({ settings: settingsWithin(settings, task.settings) }));

/**
 * Runs tasks as another user: `become({ user: "postgres" }, tasks)`. `become(true, tasks)` is who the
 * inventory says, or root; `become(false, tasks)` the login user.
 */
export const become = (wish: BecomeWish, tasks: Tasks): readonly TaskItem[] =>
  withSettings({ become: wish }, tasks);

/** Runs the commands of tasks with environment variables, in a folder, under a umask. */
export const within = (
  surroundings: Omit<Surroundings, "become">,
  tasks: Tasks,
): readonly TaskItem[] => {
  checkSurroundings(surroundings);
  return withSettings(surroundings, tasks);
};

/** @throws Problem where a name or the umask is none */
export const checkSurroundings = ({ environment = {}, umask }: Surroundings): void => {
  for (const name of Object.keys(environment)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new Problem(`environment: "${name}" is no name that a shell takes for a variable`);
    }
  }
  if (umask !== undefined && !/^0?[0-7]{3}$/.test(umask)) {
    throw new Problem(`umask: expected three octal digits such as "027", got "${umask}"`);
  }
};

/** Goes on where a task fails: its failure is shown and counted as ignored. */
export const ignoreErrors = (tasks: Tasks): readonly TaskItem[] =>
  withSettings({ ignoreErrors: true }, tasks);

/**
 * Does tasks once for all hosts of the play: the first that is still in it does them, and the others
 * wait for the end of it. Tasks of the same title are the same. What they find out counts for all hosts.
 */
export const runOnce = (tasks: Tasks): readonly TaskItem[] => withSettings({ once: true }, tasks);

/**
 * Does tasks on another host for the one that they are due on, such as its load balancer. One at a
 * time is done there.
 *
 * @param host its name in the inventory, or "localhost" for the control machine
 */
export const delegateTo = (host: string, tasks: Tasks): readonly TaskItem[] =>
  withSettings({ delegateTo: host }, tasks);

/**
 * Lets only so many hosts at a time into each of the tasks. Tasks of the same title are the same.
 *
 * @throws Problem where the number is none
 */
export const throttle = (hosts: number, tasks: Tasks): readonly TaskItem[] => {
  if (!Number.isInteger(hosts) || hosts < 1) {
    throw new Problem(`throttle: expected a whole number of hosts from 1, got ${hosts}`);
  }
  return withSettings({ throttle: hosts }, tasks);
};

interface RetryOptions<State> {
  /** How often after the first attempt. Default: 3. */
  readonly retries?: number;
  /** Seconds between attempts. Default: 5. */
  readonly delay?: number;
  /** What the host must be like in the end. Default: that the task did not fail. Pure. */
  until?(state: State): boolean;
}

/**
 * Tries a task again while it fails or its state is not the wanted one.
 *
 * @throws Problem where a number is none
 */
export const retry = <State>(
  { retries = 3, delay = 5, until }: RetryOptions<State>,
  task: Task<State>,
): Task<State> => {
  if (!Number.isInteger(retries) || retries < 0) {
    throw new Problem(`retries: expected a whole number from 0, got ${retries}`);
  }
  if (!(delay >= 0)) throw new Problem(`delay: expected seconds from 0, got ${delay}`);
  const settings = {
    retry: {
      retries,
      delayMs: delay * 1000,
      // The state that the engine hands over is the task's own.
      ...(until !== undefined && { until: (state: unknown) => until(state as State) }),
    },
  };
  return {
    ...task,
    origin: task.origin ?? task,
    settings: settingsWithin(settings, task.settings),
  };
};
