import { writeFileSync } from "node:fs";
import type { Command } from "../../src/shell/command.ts";
import {
  type Connection,
  type Greeting,
  type HostBusyError,
  type LockRequest,
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
  /** Those of the scripts that came with the opening of a session, which are no trips of their own. */
  readonly greetings: string[][];
  /** Every script sent, as the list of its commands. */
  readonly trips: string[][];
  connects: number;
  closed: number;
  /** Makes `connect` fail while it is set. */
  refuse?: Error;
  /** Other runs that have the host: each makes the first script of one session fail. */
  busy: HostBusyError[];
  /** The lock that each session asked for. */
  readonly locks: (LockRequest | undefined)[];
}

export const fakeHost = (reactions: FakeHost["reactions"]): FakeHost => ({
  reactions,
  trips: [],
  greetings: [],
  connects: 0,
  closed: 0,
  busy: [],
  locks: [],
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

const fakeSession = (host: FakeHost, greeting: Greeting | undefined): Session => {
  const session = sessionOf(host);
  if (greeting === undefined) return session;
  const { steps, listener } = greeting;
  const answers = session.run(steps, listener === undefined ? {} : { listener });
  answers.catch(() => {});
  host.greetings.push(...host.trips.slice(-1));
  return { ...session, greeting: answers };
};

const sessionOf = (host: FakeHost): Session => ({
  run: async (steps: readonly Step[], { listener, signal } = {}) => {
    signal?.throwIfAborted();
    const busy = host.busy.shift();
    if (busy !== undefined) throw busy;
    host.trips.push(
      steps.map(({ command, become }) => `${become ? `${become.user}: ` : ""}${command.script}`),
    );
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
  receive: async ({ command }, file) => {
    host.trips.push([`${command.script} > a local file`]);
    const result = react(host, command);
    writeFileSync(file, result.stdout);
    return { ...result, stdout: "" };
  },
  get trips() {
    return host.trips.length - host.greetings.length;
  },
  close: async () => {
    host.closed += 1;
  },
});

/** A transport that reaches fake hosts by their address and nothing else. */
export const fakeTransport = (hosts: Readonly<Record<string, FakeHost>>): Transport => ({
  connect: async ({ address }: Connection, { lock, greeting } = {}) => {
    const host = hosts[address];
    if (host === undefined) throw new Error(`unexpected connection to ${address}`);
    host.connects += 1;
    host.locks.push(lock);
    if (host.refuse !== undefined) throw host.refuse;
    return fakeSession(host, greeting);
  },
});
