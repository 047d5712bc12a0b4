import { setTimeout as sleep } from "node:timers/promises";
import { type CommandChannel, channelEnd } from "./exec-channel.ts";
import { killScript, survivors } from "./kill-tree.ts";

/** Milliseconds for the whole: TERM, 2 s of grace, KILL, and a slow host. */
const KILL_MS = 10_000;

/**
 * Ends all processes below the given one, on the host, over a channel of its own.
 *
 * @param open starts a command where the process is
 * @returns the numbers of those that could not be ended, such as another user's
 * @throws Error when there is no channel for it, or no answer in time
 */
export const killBelow = async (
  open: (command: string) => Promise<CommandChannel>,
  pid: number,
): Promise<readonly number[]> => {
  const channel = await open(`exec sh -s ${pid}`);
  let output = "";
  channel.on("data", (bytes: Buffer) => {
    output += bytes.toString("latin1");
  });
  channel.stderr.resume();
  channel.end(killScript());
  const timer = new AbortController();
  const late = sleep(KILL_MS, undefined, { signal: timer.signal }).catch(() => {});
  await Promise.race([channelEnd(channel), late]);
  timer.abort();
  channel.close();
  const left = survivors(output);
  if (!left) throw new Error("the host did not answer when it was to be ended");
  return left;
};
