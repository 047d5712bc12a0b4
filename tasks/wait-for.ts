import { type Command, sh, TaskError, task } from "weft";
import { subshell } from "./command/subshell.ts";
import { absolute } from "./file/entry.ts";

interface WaitForOptions {
  /** A TCP port on which something on the host listens. */
  readonly port?: number;
  /** A path where something is. */
  readonly file?: string;
  /** A read-only command that exits with 0. */
  readonly command?: Command;
  /** Seconds to wait at most. Default: 60. */
  readonly timeout?: number;
}

/**
 * Tests whether something listens, without a tool: state 0A is LISTEN, addresses are in hex.
 * https://docs.kernel.org/networking/proc_net_tcp.html
 */
const listens = (port: number): Command => {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return sh`cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q ${`^ *[0-9]*: [0-9A-F]*:${hex} [0-9A-F]*:0000 0A `}`;
};

const conditions = ({ port, file, command }: WaitForOptions) => [
  ...(port === undefined ? [] : [{ what: `port ${port}`, test: listens(port) }]),
  ...(file === undefined ? [] : [{ what: file, test: sh`[ -e ${absolute(file)} ]` }]),
  ...(command === undefined
    ? []
    : [{ what: command.display.trim(), test: sh`${subshell(command)} >/dev/null 2>&1` }]),
];

/**
 * Waits until something is so on the host: a port is listened on, a path is there, a command succeeds.
 * What is so already costs nothing; what is not counts as a change, also in check mode.
 *
 * @category Commands
 *
 * @example
 * ```ts
 * waitFor({ port: 8080, timeout: 30 })
 * ```
 *
 * @throws TaskError unless exactly one thing to wait for is given
 */
export const waitFor = (options: WaitForOptions) => {
  const { timeout = 60 } = options;
  const [condition, ...more] = conditions(options);
  if (condition === undefined || more.length > 0) {
    throw new TaskError("a wait-for takes one of port, file and command");
  }
  const { what, test } = condition;
  const wait = sh`
waited=0
until ${test}; do
  if [ "$waited" -ge ${timeout} ]; then echo ${`waited ${timeout} s for ${what}`} >&2; exit 1; fi
  sleep 1; waited=$((waited + 1))
done`;
  return task({
    title: `wait for ${what}`,
    // A command that hangs is ended by the engine.
    timeoutMs: (timeout + 30) * 1000,
    probe: {
      command: sh`if ${test}; then echo ready=yes; else echo ready=no; fi`,
      parse: ({ stdout, stderr }) => {
        const ready = /^ready=(yes|no)$/m.exec(stdout)?.[1];
        if (ready === undefined) throw new TaskError(`it cannot be asked: ${stderr.trim()}`);
        return { ready: ready === "yes" };
      },
    },
    plan: ({ ready }) =>
      ready ? [] : [{ summary: `wait for ${what}, ${timeout} s at most`, command: wait }],
  });
};
