import { StringDecoder } from "node:string_decoder";

/** Characters of one line that are passed on; what follows up to the line's end is dropped. */
export const LONGEST_LINE = 64 * 1024;

/** Cuts a stream of bytes into lines, wherever its chunks cut lines or characters. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  #line = "";

  /** @param onLine hears each line without its end, `\n` or `\r\n` */
  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(bytes: Buffer): void {
    this.#take(this.#decoder.write(bytes));
  }

  /** The stream is over: what is left is a line too. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#line !== "") this.#emit();
  }

  #take(text: string): void {
    const parts = text.split("\n");
    parts.forEach((part, index) => {
      if (index > 0) this.#emit();
      if (this.#line.length < LONGEST_LINE) {
        this.#line += part.slice(0, LONGEST_LINE - this.#line.length);
      }
    });
  }

  #emit(): void {
    const line = this.#line;
    this.#line = "";
    this.#onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
}
