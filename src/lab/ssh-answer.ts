import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostAddress } from "./address-plan.ts";

type Endpoint = Pick<HostAddress, "sshAddress" | "sshPort">;

/** True where an SSH server greets there within the given time, in milliseconds. */
export const sshAnswers = (
  { sshAddress, sshPort }: Endpoint,
  timeoutMs: number,
): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(sshPort, sshAddress);
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
 * Waits until an SSH server greets there.
 * @param options.timeoutMs when to give up, in milliseconds
 * @param options.latencyMs the round trip that each try has to wait for anyway, in milliseconds
 * @param options.isOn false where none will ever greet
 * @returns false where none did in that time
 */
export const waitForSsh = async (
  endpoint: Endpoint,
  {
    timeoutMs,
    latencyMs,
    isOn,
  }: { timeoutMs: number; latencyMs: number; isOn: () => Promise<boolean> },
): Promise<boolean> => {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (await sshAnswers(endpoint, 1000 + 3 * latencyMs)) return true;
    if (!(await isOn())) return false;
    await sleep(30);
  }
  return false;
};
