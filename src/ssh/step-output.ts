import { mask } from "../shell/mask.ts";
import type { CommandResult } from "../task.ts";
import { Capture } from "./capture.ts";
import { LineSplitter } from "./line-splitter.ts";

/** The two streams of a command. */
export type StreamName = "stdout" | "stderr";

/** Shorter lines of a secret of several lines are too common to be masked. */
const SHORTEST_SECRET_LINE = 4;

/** Secrets as they can show in single lines: a private key comes out line by line. */
const secretsOfLines = (secrets: readonly string[]): readonly string[] =>
  secrets.flatMap((plain) =>
    plain.includes("\n")
      ? plain.split(/\r?\n/).filter((line) => line.trim().length >= SHORTEST_SECRET_LINE)
      : [plain],
  );

/** Gathers what one command prints on both streams. */
export class StepOutput {
  readonly #captures = { stdout: new Capture(), stderr: new Capture() };
  readonly #lines: { readonly stdout: LineSplitter; readonly stderr: LineSplitter };

  /**
   * @param secrets are masked in the lines; the result has what the command really printed, for a parser
   * @param onLine hears whole lines of both streams
   */
  constructor(secrets: readonly string[], onLine: ((line: string) => void) | undefined) {
    const masked = secretsOfLines(secrets);
    const emit = (line: string): void => onLine?.(mask(line, masked));
    this.#lines = { stdout: new LineSplitter(emit), stderr: new LineSplitter(emit) };
    // Splitting costs time on a stream of megabytes that nobody watches.
    this.#watched = onLine !== undefined;
  }

  readonly #watched: boolean;

  push(stream: StreamName, bytes: Buffer): void {
    this.#captures[stream].push(bytes);
    if (this.#watched) this.#lines[stream].push(bytes);
  }

  /** The stream is over. */
  end(stream: StreamName): void {
    this.#lines[stream].end();
  }

  result(exitCode: number): CommandResult {
    const { stdout, stderr } = this.#captures;
    return {
      stdout: stdout.toString(),
      stderr: stderr.toString(),
      exitCode,
      truncated: stdout.truncated || stderr.truncated,
    };
  }
}
