import { MARK } from "./shell-script.ts";

/** A marker as the shell printed it. */
export interface Marker {
  /** Number of the script it belongs to. */
  readonly run: number;
  /** `hello`, `lock`, `begin`, or the index of a step that is over. */
  readonly key: string;
  /** The step's exit status, or `-` where it was skipped. */
  readonly value: string;
}

/** What a parser finds, in the order of the stream. */
export interface MarkerSink {
  data(bytes: Buffer): void;
  marker(marker: Marker): void;
}

/** No marker is longer: one tells who holds a lock. */
const LONGEST = 1024;

/** Splits one stream of a shell into output and markers, wherever the chunks are cut. */
export class MarkerParser {
  readonly #start: Buffer;
  readonly #sink: MarkerSink;
  /** What may be the beginning of a marker. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(nonce: string, sink: MarkerSink) {
    this.#start = Buffer.from(`${MARK}${nonce};`);
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    for (;;) {
      const at = bytes.indexOf(this.#start);
      if (at === -1) break;
      const end = bytes.indexOf(MARK, at + this.#start.length);
      if (end === -1 && bytes.length - at < LONGEST) {
        this.#emit(bytes.subarray(0, at));
        this.#rest = Buffer.from(bytes.subarray(at));
        return;
      }
      this.#emit(bytes.subarray(0, at));
      const text = bytes.toString("latin1", at + this.#start.length, end);
      const [run, key = "", value = ""] = text.split(";");
      bytes = bytes.subarray(end + 1);
      this.#sink.marker({ run: Number(run), key, value });
    }
    const keep = this.#startOfMarker(bytes);
    this.#emit(bytes.subarray(0, bytes.length - keep));
    this.#rest = Buffer.from(bytes.subarray(bytes.length - keep));
  }

  /** No marker comes any more: what looked like the beginning of one is output. */
  end(): void {
    this.#emit(this.#rest);
    this.#rest = Buffer.alloc(0);
  }

  #emit(bytes: Buffer): void {
    if (bytes.length > 0) this.#sink.data(bytes);
  }

  /** How many bytes at the end could be the first ones of a marker. */
  #startOfMarker(bytes: Buffer): number {
    const from = Math.max(0, bytes.length - this.#start.length + 1);
    for (let at = bytes.indexOf(MARK, from); at !== -1; at = bytes.indexOf(MARK, at + 1)) {
      const tail = bytes.subarray(at);
      if (tail.equals(this.#start.subarray(0, tail.length))) return tail.length;
    }
    return 0;
  }
}
