import type { OutputStream } from "./render-options.ts";

/** Writes lines to a stream, and knows when they have left the process. */
export class LineOutput {
  readonly #stream: OutputStream;
  #error: NodeJS.ErrnoException | undefined;

  constructor(stream: OutputStream) {
    this.#stream = stream;
    // Without a listener a reader that went away (`weft run ... | head`) would crash the run.
    stream.on("error", this.#onError);
  }

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    this.#error ??= error;
  };

  /** Writes each line with a newline; does nothing once the stream is broken. */
  write(lines: readonly string[]): void {
    if (lines.length > 0) this.writeRaw(`${lines.join("\n")}\n`);
  }

  writeRaw(text: string): void {
    if (this.#error === undefined) this.#stream.write(text);
  }

  /**
   * Waits until everything is written.
   *
   * @throws the stream's error, a full disk for instance; a reader that went away is none.
   */
  async flush(): Promise<void> {
    if (this.#error === undefined) {
      await new Promise<void>((resolve) => this.#stream.write("", () => resolve()));
    }
    this.#stream.off("error", this.#onError);
    if (this.#error !== undefined && this.#error.code !== "EPIPE") throw this.#error;
  }
}
