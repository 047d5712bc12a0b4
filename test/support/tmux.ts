import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Scratch } from "./scratch.ts";

/** A program in a terminal of its own. */
export interface Terminal {
  /** What is on the screen, a string a line, without the spaces at their ends. */
  screen(): readonly string[];
  /** All that was on the screen since the start; a line that the terminal broke is one again. */
  scrollback(): readonly string[];
  /** All bytes that the program wrote. */
  bytes(): string;
  /** Waits for a screen. @throws where it does not come within the time */
  waitFor(what: (screen: string) => boolean, timeoutMs: number): Promise<readonly string[]>;
  close(): void;
}

interface TerminalOptions {
  readonly columns: number;
  readonly rows: number;
  /** Shell source. */
  readonly command: string;
  /** For the files that it needs. */
  readonly files: Scratch;
}

const POLL_MS = 50;

/** Runs a program in a terminal. Needs the package tmux. */
export const openTerminal = async (options: TerminalOptions): Promise<Terminal> => {
  const { columns, rows, command, files } = options;
  const socket = join(files.folder, "tmux");
  const record = files.write("tmux.bytes", "");
  // A person sits at it, also where the tests run in CI.
  const script = files.write("tmux.sh", `unset CI\nread -r go\nclear\n${command}\n`);
  const config = files.write("tmux.conf", "set -g status off\nset -g history-limit 10000\n");
  const tmux = (...args: string[]) =>
    execFileSync("tmux", ["-S", socket, "-f", config, ...args], { encoding: "utf8" });
  const size = ["-x", String(columns), "-y", String(rows)];
  tmux("new-session", "-d", ...size, `sh ${script}; sleep 1000`);
  // Before the program begins, which waits for a line.
  tmux("pipe-pane", `cat >${record}`);
  tmux("send-keys", "Enter");
  const capture = (...args: string[]) =>
    tmux("capture-pane", "-p", ...args)
      .split("\n")
      .map((line) => line.trimEnd());
  const screen = () => capture().slice(0, rows);
  return {
    screen,
    scrollback: () => capture("-J", "-S", "-"),
    bytes: () => readFileSync(record, "utf8"),
    waitFor: async (what, timeoutMs) => {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        const now = screen();
        if (what(now.join("\n"))) return now;
        if (performance.now() > deadline) throw new Error(`not seen:\n${now.join("\n")}`);
        await sleep(POLL_MS);
      }
    },
    close: () => void tmux("kill-server"),
  };
};
