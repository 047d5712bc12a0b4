import { stripVTControlCharacters } from "node:util";
import { ProcessOutput } from "listr2";
import { LineOutput } from "../line-output.ts";
import type { OutputStream, RenderOptions } from "../render-options.ts";
import { textWidth } from "../text-width.ts";

const up = (lines: number): string => (lines > 0 ? `\x1b[${lines}A` : "");
const ERASE_LINE_END = "\x1b[K";
const ERASE_BELOW = "\x1b[J";

/** The bottom of a terminal, redrawn in place, with text above it that stays. */
export class LiveScreen {
  readonly #stream: OutputStream;
  readonly #size: Pick<RenderOptions, "columns" | "rows">;
  readonly #output: LineOutput;
  readonly #process: ProcessOutput;
  #frame: readonly string[] = [];
  #taken = false;
  #endsBlank = false;

  constructor(options: RenderOptions) {
    this.#stream = options.stdout;
    this.#size = options;
    this.#output = new LineOutput(options.stdout);
    this.#process = new ProcessOutput(
      options.stdout as NodeJS.WriteStream,
      options.stderr as NodeJS.WriteStream,
      { leaveEmptyLine: false },
    );
  }

  /** The terminal's present width in characters; a stream that has one follows its window. */
  get columns(): number {
    // Some terminals say that they have none.
    return this.#stream.columns || this.#size.columns || 80;
  }

  get rows(): number {
    return this.#stream.rows || this.#size.rows || 24;
  }

  /** Hides the cursor and holds back what others print, until {@link release}. */
  take(): void {
    this.#process.hijack();
    this.#taken = true;
  }

  /** Removes the frame, shows the cursor and prints what was held back. */
  release(): void {
    if (!this.#taken) return;
    this.#taken = false;
    this.draw([]);
    this.#process.release();
  }

  /** Replaces the frame, and puts lines above it that stay: in one write, so that nothing flickers. */
  draw(frame: readonly string[], above: readonly string[] = []): void {
    const back = up(this.#height());
    // Lines to stay may be longer than the terminal is wide, so they cannot erase what they replace.
    const lines = this.#joined(above);
    const stay = lines.length > 0 ? `${ERASE_BELOW}${lines.join("\n")}\n` : "";
    const moving = frame.map((line) => `${line}${ERASE_LINE_END}\n`).join("");
    this.#frame = frame;
    this.#output.writeRaw(`\r${back}${stay}${moving}${ERASE_BELOW}`);
  }

  /** Prints lines where no frame is. */
  print(lines: readonly string[]): void {
    this.#output.write(this.#joined(lines));
  }

  /** Waits until all is written; throws as {@link LineOutput.flush} does. */
  flush(): Promise<void> {
    return this.#output.flush();
  }

  // Blocks bring their own blank lines: between two of them one is enough.
  #joined(lines: readonly string[]): readonly string[] {
    const rest = this.#endsBlank && lines[0] === "" ? lines.slice(1) : lines;
    if (rest.length > 0) this.#endsBlank = rest.at(-1) === "";
    return rest;
  }

  // A window that got narrower has broken the old lines into more.
  #height(): number {
    const { columns } = this;
    return this.#frame.reduce((sum, line) => {
      const width = textWidth(stripVTControlCharacters(line));
      return sum + Math.max(1, Math.ceil(width / columns));
    }, 0);
  }
}
