import { FakeStream } from "./fake-stream.ts";

// biome-ignore format: one alternative a line would hide the pattern
const TOKEN = /\u001b\[(?<args>[?\d;]*)(?<command>[A-Za-z])|(?<newline>\n)|(?<return>\r)|(?<text>[^\u001b\r\n]+)/g;

/**
 * A terminal that understands what the renderer sends: lines, wrapping at the right margin, cursor
 * up, erasing, cursor visibility. Keeps the whole scrollback. Fails where the cursor would have to
 * go above the screen, because what scrolled away cannot be redrawn.
 */
export class FakeTerminal extends FakeStream {
  readonly screen: string[] = [""];
  cursorVisible = true;
  /** The screen's visible lines after each write. */
  readonly frames: string[][] = [];
  readonly #columns: number;
  readonly #rows: number;
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    super(columns, rows);
    this.#columns = columns;
    this.#rows = rows;
  }

  override _write(chunk: string | Buffer, encoding: string, done: () => void): void {
    for (const { groups = {} } of String(chunk).matchAll(TOKEN)) {
      if (groups.newline !== undefined) this.#newline();
      else if (groups.return !== undefined) this.#column = 0;
      else if (groups.text !== undefined) this.#put(groups.text);
      else this.#control(groups.command ?? "", groups.args ?? "");
    }
    this.frames.push(this.screen.slice(-this.#rows));
    super._write(chunk, encoding, done);
  }

  #newline(): void {
    this.#row += 1;
    this.#column = 0;
    if (this.#row === this.screen.length) this.screen.push("");
  }

  #put(text: string): void {
    for (const character of text) {
      if (this.#column === this.#columns) this.#newline();
      const line = (this.screen[this.#row] ?? "").padEnd(this.#column);
      this.screen[this.#row] =
        line.slice(0, this.#column) + character + line.slice(this.#column + 1);
      this.#column += 1;
    }
  }

  #control(command: string, args: string): void {
    const line = this.screen[this.#row] ?? "";
    if (command === "A") {
      this.#row -= Number(args);
      if (this.#row < Math.max(0, this.screen.length - this.#rows)) {
        throw new Error("the cursor went above the screen");
      }
    } else if (command === "K") {
      this.screen[this.#row] = line.slice(0, this.#column);
    } else if (command === "J") {
      // A real screen keeps its blank lines; here they go, so that the end is easy to compare.
      this.screen.length = this.#row + 1;
      this.screen[this.#row] = line.slice(0, this.#column);
    } else if (command === "h" || command === "l") {
      this.cursorVisible = command === "h";
    } else if (command !== "m") {
      throw new Error(`the terminal was sent ${command}`);
    }
  }
}
