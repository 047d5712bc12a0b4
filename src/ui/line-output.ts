import type { OutputStream } from "./render-options.ts";

/** Writes to a stream, and knows when everything has left the process. */
export class LineOutput {
  readonly #write: OutputStream["write"];
  #error: NodeJS.ErrnoException | undefined;

  constructor(stream: OutputStream) {
    // Rows that move put a buffer in the place of `write`, to hold back what others print.
    this.#write = stream.write.bind(stream);
    // Without a listener a reader that went away (`weft run ... | head`) would crash the run.
    stream.on("error", this.#onError);
  }

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    this.#error ??= error;
  };

  /** Writes each line with a newline. */
  write(lines: readonly string[]): void {
    if (lines.length > 0) this.writeRaw(`${lines.join("\n")}\n`);
  }

  /** Writes a text as it is; does nothing once the stream is broken. */
  writeRaw(text: string): void {
    if (this.#error === undefined) this.#write(text);
  }

  /**
   * Waits until everything is written.
   *
   * @throws the stream's error, a full disk for instance; a reader that went away is none.
   */
  async flush(): Promise<void> {
    if (this.#error === undefined) {
      await new Promise<void>((resolve) => this.#write("", () => resolve()));
    }
    if (this.#error !== undefined && this.#error.code !== "EPIPE") throw this.#error;
  }
}
