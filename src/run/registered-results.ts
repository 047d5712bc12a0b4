import type { Result } from "../result.ts";
import type { Task } from "../task.ts";
import type { Finding } from "./host-state.ts";

/** The values that hosts registered, by result and host. */
export class RegisteredResults {
  readonly #values = new Map<Result<unknown>, Map<string, unknown>>();

  /** All values so far. */
  get all(): ReadonlyMap<Result<unknown>, ReadonlyMap<string, unknown>> {
    return this.#values;
  }

  /** Keeps what a task that ran on this host wants kept. */
  register(host: string, task: Task, { state, result }: Finding): void {
    for (const { into, pick } of task.registers ?? []) {
      const values = this.#values.get(into) ?? new Map<string, unknown>();
      this.#values.set(into, values.set(host, pick(state, result)));
    }
  }
}
