import type { Command } from "../../src/shell/command.ts";
import {
  type Connection,
  type Session,
  type Step,
  type Transport,
  UnreachableError,
} from "../../src/ssh/transport.ts";
import type { CommandResult } from "../../src/task.ts";

/** What a fake host does on one command: says something, or loses the connection. */
export type Reaction = Partial<CommandResult> | "lose-connection" | Error;

/** A strict fake: knows some commands by their exact script, and fails the test on any other. */
export interface FakeHost {
  readonly reactions: Readonly<Record<string, () => Reaction>>;
  /** Every script sent, as the list of its commands. */
  readonly trips: string[][];
  connects: number;
  closed: number;
  /** Makes `connect` fail while it is set. */
  refuse?: Error;
}

export const fakeHost = (reactions: FakeHost["reactions"]): FakeHost => ({
  reactions,
  trips: [],
  connects: 0,
  closed: 0,
});

const react = (host: FakeHost, { script }: Command): CommandResult => {
  const reaction = host.reactions[script];
  // No host answers what it was not told to: an unexpected command must not pass for a success.
  if (reaction === undefined) throw new Error(`unexpected command: ${script}`);
  const said = reaction();
  if (said instanceof Error) throw said;
  if (said === "lose-connection") throw new UnreachableError(`connection lost during ${script}`);
  return { stdout: "", stderr: "", exitCode: 0, truncated: false, ...said };
};

const fakeSession = (host: FakeHost): Session => ({
  run: async (steps: readonly Step[], { listener, signal } = {}) => {
    signal?.throwIfAborted();
    host.trips.push(steps.map(({ command }) => command.script));
    const results: (CommandResult | undefined)[] = [];
    let skip = false;
    for (const [index, step] of steps.entries()) {
      let result: CommandResult | undefined;
      if (!skip) {
        listener?.onStart?.(index);
        result = react(host, step.command);
        await Promise.resolve();
        signal?.throwIfAborted();
        for (const line of result.stdout.split("\n")) if (line) listener?.onLine?.(index, line);
        skip = step.mustSucceed === true && result.exitCode !== 0;
      }
      results.push(result);
      listener?.onResult?.(index, result);
    }
    return results;
  },
  stream: async ({ command }, file) => {
    host.trips.push([`${command.script} < ${file}`]);
    return react(host, command);
  },
  get trips() {
    return host.trips.length;
  },
  close: async () => {
    host.closed += 1;
  },
});

/** A transport that reaches fake hosts by their address and nothing else. */
export const fakeTransport = (hosts: Readonly<Record<string, FakeHost>>): Transport => ({
  connect: async ({ address }: Connection) => {
    const host = hosts[address];
    if (host === undefined) throw new Error(`unexpected connection to ${address}`);
    host.connects += 1;
    if (host.refuse !== undefined) throw host.refuse;
    return fakeSession(host);
  },
});
