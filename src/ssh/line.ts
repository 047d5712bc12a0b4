import type { Duplex } from "node:stream";

/** The bytes between this machine and a server: a TCP connection, a channel of a jump host, or a command. */
export interface Line {
  readonly stream: Duplex;
  /** Resolves when the stream is closed. */
  readonly closed: Promise<void>;
  /** Why it ended, where more is known of that than the server says: the jump host was lost. */
  fault(): string | undefined;
  /** What may be of use when nothing comes over it: a command's words on stderr. */
  note(): string | undefined;
}

const nothing = (): undefined => undefined;

/** A line over an open stream. */
export const lineOver = (
  stream: Duplex,
  { fault = nothing, note = nothing }: Partial<Pick<Line, "fault" | "note">> = {},
): Line => ({
  stream,
  closed: new Promise((resolve) => stream.once("close", () => resolve())),
  fault,
  note,
});
