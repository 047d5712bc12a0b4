import { constants } from "node:os";
import type { Failure } from "../run/events.ts";
import { cleanLine, cleanLines } from "./clean-text.ts";
import { indent } from "./indent.ts";
import type { Look } from "./look.ts";
import { truncate, wrapWords } from "./text-width.ts";

const COMMAND_LINES = 4;
const COMMAND_WIDTH = 400;
const OUTPUT_LINES = 20;

const prose = (text: string, width: number): string[] =>
  cleanLines(text).flatMap((line) => wrapWords(line, width));

const commandLines = (command: string, { paint, width, verbosity }: Look): string[] => {
  const all = cleanLines(command);
  const shown = verbosity > 0 ? all : all.slice(0, COMMAND_LINES);
  const lines = shown.flatMap((line, index) => {
    const [first = "", ...rest] = wrapWords(
      verbosity > 0 ? line : truncate(line, COMMAND_WIDTH),
      width - 4,
    );
    return [(index === 0 ? "$ " : "  ") + first, ...indent(rest, 4)];
  });
  const hidden = all.length - shown.length;
  return [
    ...lines,
    ...(hidden > 0 ? [paint.dim(`  … ${hidden} more lines of the command, shown with -v`)] : []),
  ];
};

// A shell reports a command that signal n killed as 128 + n.
const killedBy = (exitCode: number): string => {
  const signal = Object.entries(constants.signals).find(([, n]) => n === exitCode - 128);
  return signal === undefined ? "" : `, killed by ${signal[0]}`;
};

const transcript = (failure: Failure, look: Look): string[] => {
  const { command, output, exitCode } = failure;
  return [
    ...(command === undefined ? [] : commandLines(command, look)),
    ...(output === undefined ? [] : prose(output, look.width).slice(-OUTPUT_LINES)),
    ...(exitCode === undefined
      ? []
      : [look.paint.red(`exit code ${exitCode}${killedBy(exitCode)}`)]),
  ];
};

/**
 * A failure as a colleague would pass it on: what went wrong, the command with its last output and
 * exit code as on a terminal, and what to try. The stack comes with `-vv` only.
 *
 * @param title what it happened to, put before the message.
 */
export const failureBlock = (failure: Failure, look: Look, title?: string): string[] => {
  const { paint, width, verbosity } = look;
  const subject = title === undefined ? "" : `${cleanLine(title)}: `;
  const [first = "", ...rest] = prose(subject + failure.message, width);
  // Bold ends with the title, wherever the wrapping put it.
  const bold = first.startsWith(subject)
    ? paint.bold(subject) + first.slice(subject.length)
    : paint.bold(first);
  const sections = [
    [bold, ...rest],
    indent(transcript(failure, { ...look, width: width - 2 }), 2),
    failure.hint === undefined ? [] : prose(`Try: ${failure.hint}`, width),
    failure.stack === undefined || verbosity < 2 ? [] : cleanLines(failure.stack).map(paint.dim),
  ].filter((section) => section.length > 0);
  return sections.flatMap((section, index) => (index === 0 ? section : ["", ...section]));
};
