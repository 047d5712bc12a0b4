import type { Duplex } from "node:stream";

/** The bytes between this machine and a server: a TCP connection, a channel of a jump host, or a command. */
export interface Line {
  readonly stream: Duplex;
  /** Resolves when the stream is closed. */
  readonly closed: Promise<void>;
  /** Resolves when the stream was ended and nothing that was written is lost by closing it. */
  readonly handedOver: Promise<void>;
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
): Line => {
  const closed = new Promise<void>((resolve) => stream.once("close", () => resolve()));
  const finished = new Promise<void>((resolve) => stream.once("finish", () => resolve()));
  return { stream, closed, handedOver: Promise.race([finished, closed]), fault, note };
};

/** Milliseconds for a line to end in good order. */
const END_MS = 1_000;

/** Closes an ended line, as soon as nothing is lost by that: the other end's goodbye is not waited for. */
export const closeLine = async ({ stream, handedOver }: Line): Promise<void> => {
  const late = new Promise<void>((resolve) => {
    setTimeout(resolve, END_MS).unref();
  });
  await Promise.race([handedOver, late]);
  stream.destroy();
};
