import { closeSync, fchmodSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Names that are no host's own would lead elsewhere: `..`, or one with a slash. */
const fileName = (host: string): string =>
  `${encodeURIComponent(host).replace(/^\.+/, (dots) => "%2E".repeat(dots.length))}.log`;

/** The logs of a run's hosts in a folder, one file a host, for their owner only. */
export class HostLogs {
  readonly #folder: string;
  readonly #files = new Map<string, number>();
  #error: unknown;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Adds to the end of a host's log, at once: nothing is lost where the process is killed. */
  readonly append = (host: string, text: string): void => {
    if (this.#error !== undefined) return;
    try {
      writeSync(this.#fileOf(host), text);
    } catch (error) {
      this.#error = error;
    }
  };

  /** @throws the first error of a write, after which nothing more was written */
  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
    if (this.#error !== undefined) throw this.#error;
  }

  #fileOf(host: string): number {
    const known = this.#files.get(host);
    if (known !== undefined) return known;
    const file = openSync(join(this.#folder, fileName(host)), "a", 0o600);
    // One that was there before may be open to others.
    fchmodSync(file, 0o600);
    this.#files.set(host, file);
    return file;
  }
}
