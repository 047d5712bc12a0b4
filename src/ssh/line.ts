import type { Duplex } from "node:stream";

/** The bytes between this machine and a server: a TCP connection, a channel of a jump host, or a command. */
export interface Line {
  readonly stream: Duplex;
  /** Resolves when the stream is closed. */
  readonly closed: Promise<void>;
  /** What is known of its end besides what the server says, such as why the jump host was lost. */
  fault(): string | undefined;
}

/** A line over an open stream. */
export const lineOver = (stream: Duplex, fault: Line["fault"] = () => undefined): Line => ({
  stream,
  closed: new Promise((resolve) => stream.once("close", () => resolve())),
  fault,
});
