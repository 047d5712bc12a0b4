import { inspect } from "node:util";
import { MASK } from "./mask.ts";
import { quote } from "./quote.ts";
import { Secret } from "./secret.ts";

/** A shell script as plain data: made by `` sh`...` ``, run by a transport. */
export interface Command {
  /** POSIX sh source with every value quoted; secrets in the clear. Goes to the host only. */
  readonly script: string;
  /** The same with secrets masked: for messages, logs and diffs. */
  readonly display: string;
  /** The secrets inside, so that output which repeats them can be masked too. */
  readonly secrets: readonly string[];
}

type Word = string | number | Secret;
/** What `` sh`...` `` takes: words are quoted, lists become several words, commands are nested as they are. */
export type ShellValue = Word | readonly Word[] | Command;

const isCommand = (value: ShellValue): value is Command =>
  typeof value === "object" && "script" in value;

const word = (value: Word): Command => {
  if (value instanceof Secret) {
    const plain = value.reveal();
    return { script: quote(plain), display: MASK, secrets: plain === "" ? [] : [plain] };
  }
  if (typeof value !== "string" && !Number.isFinite(value)) {
    throw new TypeError(`cannot put ${String(value)} into a shell command`);
  }
  const quoted = quote(String(value));
  return { script: quoted, display: quoted, secrets: [] };
};

/** A command with secrets shows itself without them, to JSON and to the console. */
const discreet = (command: Command): Command => {
  if (command.secrets.length === 0) return command;
  const shown = (): Pick<Command, "display"> => ({ display: command.display });
  return Object.defineProperties(command, {
    toJSON: { value: shown },
    [inspect.custom]: { value: shown },
  });
};

/** Joins commands with a separator that is shell source, such as `"\n"` or `" && "`. */
export const join = (commands: readonly Command[], separator: string): Command =>
  discreet({
    script: commands.map((command) => command.script).join(separator),
    display: commands.map((command) => command.display).join(separator),
    secrets: commands.flatMap((command) => command.secrets),
  });

const toCommand = (value: ShellValue): Command => {
  if (value instanceof Secret || typeof value === "string" || typeof value === "number") {
    return word(value);
  }
  if (Array.isArray(value)) return join(value.map(word), " ");
  if (typeof value === "object" && value !== null && isCommand(value)) return value;
  throw new TypeError(`cannot put ${String(value)} into a shell command`);
};

/**
 * Writes a shell command: `` sh`ip link show ${name}` ``.
 *
 * Every value is quoted by construction. The literal parts are taken raw, so that a backslash
 * means what it means to the shell.
 *
 * @throws TypeError for a value that is no string, finite number, secret, list of those or command.
 */
export const sh = (literals: TemplateStringsArray, ...values: ShellValue[]): Command => {
  const parts: Command[] = [];
  literals.raw.forEach((literal, index) => {
    // A raw template keeps the backslash of an escaped backquote, which only TypeScript needs.
    const source = literal.replaceAll("\\`", "`").replaceAll("\\${", "${");
    parts.push({ script: source, display: source, secrets: [] });
    const value = values[index];
    if (index < values.length) parts.push(toCommand(value as ShellValue));
  });
  return join(parts, "");
};
