import type { Writable } from "node:stream";

/** A stream to print on; a terminal also tells its present size. */
export type OutputStream = Writable & {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

/** What a renderer is given. It reads no environment and touches no stream but these. */
export interface RenderOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly isTTY: boolean;
  /** Width and height of the terminal in characters, where the stream itself does not tell. */
  readonly columns?: number;
  readonly rows?: number;
  readonly color: boolean;
  /** How many times `-v` was given. */
  readonly verbosity: number;
  /** Show what changed inside files and rules. */
  readonly showDiff: boolean;
  /** A clock in milliseconds; tests pass their own. */
  readonly now?: () => number;
}
