import { createWriteStream, type WriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";

interface FileSinkOptions {
  /** It is made, for its owner alone, or emptied. */
  readonly file: string;
  /** Where the bytes come from; it waits while the disk is behind. */
  readonly source: Readable;
  onProgress?: ((receivedBytes: number) => void) | undefined;
  /** The file cannot be written; what still comes is thrown away. */
  onError(): void;
}

/** Writes what a channel says to a local file. */
export class FileSink {
  readonly #options: FileSinkOptions;
  readonly #stream: WriteStream;
  readonly #written: Promise<unknown>;
  #received = 0;

  constructor(options: FileSinkOptions) {
    this.#options = options;
    this.#stream = createWriteStream(options.file, { mode: 0o600 });
    this.#written = finished(this.#stream).then(
      () => undefined,
      (error: unknown) => {
        options.onError();
        options.source.resume();
        return error;
      },
    );
  }

  write(bytes: Buffer): void {
    if (this.#stream.destroyed) return;
    this.#received += bytes.length;
    this.#options.onProgress?.(this.#received);
    if (this.#stream.write(bytes)) return;
    const { source } = this.#options;
    source.pause();
    this.#stream.once("drain", () => source.resume());
  }

  /** All has come. @throws the system's error when the file could not be written */
  async end(): Promise<void> {
    this.#stream.end();
    const error = await this.#written;
    if (error !== undefined) throw error;
  }

  /** Not all has come. */
  async giveUp(): Promise<void> {
    this.#stream.destroy();
    await this.#written;
  }
}
