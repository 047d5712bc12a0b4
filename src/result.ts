import type { Task } from "./task.ts";
import {
  type Deferred,
  flatten,
  type TaskItem,
  type TaskList,
  type TaskResult,
} from "./task-list.ts";

/** A place for one value a host, under which other plays find it. See `result()`. */
export class Result<Value> {
  readonly name: string;
  /** Never set: tells the compiler what the values are. */
  declare readonly value?: Value;

  /** @param name for messages: "join token" */
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * Names a value that tasks find out on each host: `const token = result<string>("join token")`.
 * Filled by `register()`, read by `after()` on the same host, and by `resultOf()` in later plays.
 */
export const result = <Value>(name: string): Result<Value> => new Result(name);

/** What a task hands over to a result. */
export interface Registration {
  readonly into: Result<unknown>;
  pick(state: unknown, result: TaskResult): unknown;
}

/** Keeps what a task finds out, once it is as declared, under a result. */
export const register = <State, Value>(
  into: Result<Value>,
  task: Task<State>,
  pick: (state: State, result: TaskResult) => Value,
): Task<State> => ({
  ...task,
  origin: task.origin ?? task,
  registers: [
    ...(task.registers ?? []),
    // The task's own engine run hands its own state over.
    { into, pick: (state, outcome) => pick(state as State, outcome) },
  ],
});

type Source = Task | Result<unknown>;
type ValueOf<From> =
  From extends Result<infer Value> ? Value : From extends Task<infer State> ? State : never;

/**
 * Tasks that depend on what earlier ones of the same host found out: the state that a task leaves
 * (`after(query, (state) => ...)`), or a registered result. All other tasks are still read ahead.
 *
 * In check mode they are skipped where a source would change, for its value is not known yet.
 *
 * @param source a task of the same play that stands before, a result, or a list of those
 * @param build pure: the tasks; called when the sources' values are known
 */
export function after<From extends Source>(
  source: From,
  build: (value: ValueOf<From>, result: TaskResult) => TaskItem | TaskList | false | undefined,
): Deferred;
export function after<const From extends readonly Source[]>(
  sources: From,
  build: (
    values: { -readonly [Index in keyof From]: ValueOf<From[Index]> },
  ) => TaskItem | TaskList | false | undefined,
): Deferred;
export function after(
  source: Source | readonly Source[],
  build: (value: never, result: TaskResult) => TaskItem | TaskList | false | undefined,
): Deferred {
  const single = !Array.isArray(source);
  return {
    kind: "deferred",
    sources: single ? [source as Source] : (source as readonly Source[]),
    build: (values, results) => {
      const value = single ? values[0] : values;
      // The overloads tie the values to the sources.
      return flatten(build(value as never, results[0] ?? { changed: false, output: "" }));
    },
  };
}
