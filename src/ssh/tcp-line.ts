import { connect } from "node:net";
import { type Line, lineOver } from "./line.ts";

/** Node tries the next address of a name after 250 ms, which is less than a far host's round trip. */
const NEXT_ADDRESS_AFTER_MS = 2_000;

export interface TcpEnd {
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6 | undefined;
}

/** Opens a TCP connection. @throws the system's error; the signal's reason when it is aborted */
export const tcpLine = ({ address, port, family }: TcpEnd, signal: AbortSignal): Promise<Line> =>
  new Promise((resolve, reject) => {
    // A socket of our own: ssh2 leaves Nagle on, and hides which step of connecting failed.
    const socket = connect({
      host: address,
      port,
      noDelay: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
      ...(family !== undefined && { family }),
    });
    const onAbort = () => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      signal.removeEventListener("abort", onAbort);
      socket.off("error", reject);
      resolve(lineOver(socket));
    });
  });
