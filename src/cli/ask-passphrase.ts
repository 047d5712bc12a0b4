import { Problem } from "../problem.ts";
import type { AskPassphrase } from "../ssh/passphrases.ts";

const CTRL_C = "\x03";
const CTRL_D = "\x04";
const BACKSPACES = ["\x7f", "\b"];

/** Reads a line from a terminal that does not show it. */
const readHidden = (input: NodeJS.ReadStream): Promise<string> =>
  new Promise((resolve, reject) => {
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
          stop();
          reject(new Problem("interrupted at the passphrase"));
          return;
        }
        typed = BACKSPACES.includes(char) ? typed.slice(0, -1) : typed + char;
      }
    };
    input.setRawMode(true);
    input.on("data", onData);
    input.resume();
  });

/** Asks on the terminal what opens a key; `undefined` where there is no terminal to ask on. */
export const askPassphrase = (): AskPassphrase | undefined => {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  return (file, wrong) => {
    stderr.write(`${wrong ? "Wrong. " : ""}Passphrase for ${file} (empty: go without): `);
    return readHidden(stdin);
  };
};
