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
  /** The host of which every line is shown as it comes. */
  readonly follow?: string;
  /** End with the slowest tasks. */
  readonly profile?: boolean;
  /** A clock in milliseconds; tests pass their own. */
  readonly now?: () => number;
}

/** The clock that a renderer goes by, in milliseconds. */
export const clockOf = ({ now }: Pick<RenderOptions, "now">): (() => number) =>
  now ?? (() => performance.now());
