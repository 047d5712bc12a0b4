import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { sshPort } from "./forwarder-protocol.ts";

/** True where an SSH server greets at this address within the given time, in milliseconds. */
export const sshAnswers = (address: string, timeoutMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(sshPort, address);
    const finish = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(timeoutMs, () => finish(false));
    socket.on("error", () => finish(false));
    socket.on("close", () => finish(false));
    socket.once("data", (greeting) => finish(greeting.toString("latin1").startsWith("SSH-2.0-")));
  });

/**
 * Waits until an SSH server greets at an address.
 * @param options.timeoutMs when to give up, in milliseconds
 * @param options.latencyMs the round trip that each try has to wait for anyway, in milliseconds
 * @returns false where none did in that time
 */
export const waitForSsh = async (
  address: string,
  { timeoutMs, latencyMs }: { timeoutMs: number; latencyMs: number },
): Promise<boolean> => {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (await sshAnswers(address, 1000 + 3 * latencyMs)) return true;
    await sleep(30);
  }
  return false;
};
