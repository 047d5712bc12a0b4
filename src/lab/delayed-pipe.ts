import type { Socket } from "node:net";

/** Bytes under way in one direction before the sender is made to wait. */
const window = 4 * 1024 * 1024;

interface Parcel {
  /** When it arrives, in milliseconds. */
  readonly due: number;
  /** Undefined: the sender closed its direction. */
  readonly data: Buffer | undefined;
}

/**
 * Carries what one socket sends to another, in order and so much later.
 * @param options.delayMs asked for each piece, so that it can change while the connection lasts
 * @param options.onData told of each piece as it is sent, in bytes
 */
export const delayedPipe = (
  from: Socket,
  to: Socket,
  { delayMs, onData }: { delayMs: () => number; onData: (bytes: number) => void },
): void => {
  const underWay: Parcel[] = [];
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let isBlocked = false;

  const deliver = (): void => {
    timer = undefined;
    for (let head = underWay[0]; head !== undefined && !isBlocked; head = underWay[0]) {
      const wait = head.due - performance.now();
      if (wait > 0.5) {
        timer = setTimeout(deliver, wait);
        return;
      }
      underWay.shift();
      if (head.data === undefined) to.end();
      else {
        bytes -= head.data.length;
        isBlocked = !to.write(head.data);
      }
    }
    if (bytes < window && from.isPaused()) from.resume();
  };

  const send = (data: Buffer | undefined): void => {
    // A shortened delay must not let a later piece overtake an earlier one.
    const due = Math.max(performance.now() + delayMs(), underWay.at(-1)?.due ?? 0);
    underWay.push({ due, data });
    bytes += data?.length ?? 0;
    if (bytes >= window) from.pause();
    if (timer === undefined && !isBlocked) deliver();
  };

  to.on("drain", () => {
    isBlocked = false;
    if (timer === undefined) deliver();
  });
  from.on("data", (data: Buffer) => {
    onData(data.length);
    send(data);
  });
  from.on("end", () => send(undefined));
  to.on("close", () => clearTimeout(timer));
};
