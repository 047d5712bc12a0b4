import type { AskPassphrase } from "../ssh/passphrases.ts";
import { EXIT_INTERRUPTED } from "./exit-codes.ts";

const CTRL_C = "\x03";
const CTRL_D = "\x04";
const BACKSPACES = ["\x7f", "\b"];

/** Asks on a terminal for a line, and does not show it. */
export const askHidden = (question: string): Promise<string> =>
  new Promise((resolve) => {
    const input = process.stdin;
    let typed = "";
    const stop = (): void => {
      input.off("data", onData);
      input.setRawMode(false);
      input.pause();
      process.stderr.write("\n");
    };
    const onData = (bytes: Buffer): void => {
      for (const char of bytes.toString("utf8")) {
        if (char === "\r" || char === "\n" || char === CTRL_D) {
          stop();
          resolve(typed);
          return;
        }
        if (char === CTRL_C) {
          // The terminal shows it as no signal while it is read raw. Nothing has begun yet.
          stop();
          process.exit(EXIT_INTERRUPTED);
        }
        typed = BACKSPACES.includes(char) ? typed.slice(0, -1) : typed + char;
      }
    };
    // Before the question: what is typed at once must not show either.
    input.setRawMode(true);
    process.stderr.write(question);
    input.on("data", onData);
    input.resume();
  });

/** Whether there is a terminal to ask on. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks on the terminal what opens a key; `undefined` where there is no terminal to ask on. */
export const askPassphrase = (): AskPassphrase | undefined => {
  if (!canAsk()) return undefined;
  return (file, wrong) =>
    askHidden(`${wrong ? "Wrong. " : ""}Passphrase for ${file} (empty: go without): `);
};
