/** One option of a task, as its source declares it. */
export interface TaskOption {
  /** `mtu`; that of an object in another option after it: `nic.name`, `peers[].address`. */
  readonly name: string;
  /** In TypeScript's notation. */
  readonly type: string;
  readonly required: boolean;
  /** What holds where it is left out, where the comment tells. */
  readonly default?: string;
  /** What it means, the default included; "" where its name says enough. */
  readonly doc: string;
}

/** What a task's source tells about it. Made by scripts/task-reference.js when weft is built. */
export interface TaskPage {
  readonly name: string;
  /** What to import it from: `weft/tasks/service`. */
  readonly module: string;
  readonly category: string;
  /** The first sentence of the description. */
  readonly summary: string;
  /** Paragraphs, each on one line, with empty lines between them. */
  readonly description: string;
  readonly options: readonly TaskOption[];
  /** Each tells an error and when it is thrown. */
  readonly throws: readonly string[];
  /** TypeScript that makes the task, with its imports. */
  readonly example: string;
}
