/** Bytes kept of the beginning of a stream, and as many of its end. */
export const KEPT_BYTES = 256 * 1024;

const isContinuation = (byte: number | undefined): boolean =>
  byte !== undefined && (byte & 0xc0) === 0x80;

/** How many of the last bytes are the beginning of a UTF-8 character that is cut off (RFC 3629). */
const cutOff = (bytes: Buffer): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back];
    if (isContinuation(byte)) continue;
    const length = byte === undefined || byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return length > back ? back : 0;
  }
  return 0;
};

/** Keeps what a command prints: all of it up to twice the bound, then its beginning and its end. */
export class Capture {
  readonly #bound: number;
  #head: Buffer = Buffer.alloc(0);
  #headLength = 0;
  /** Ring: the newest bytes, the oldest of them at `#tailLength % bound` once it is full. */
  #tail: Buffer | undefined;
  #tailLength = 0;

  /** @param bound bytes to keep of the beginning, and of the end */
  constructor(bound = KEPT_BYTES) {
    this.#bound = bound;
  }

  /** Whether the middle is missing. */
  get truncated(): boolean {
    return this.#tailLength > this.#bound;
  }

  /** Copies, for a chunk is often a small part of a big buffer that it would keep alive. */
  push(bytes: Buffer): void {
    const forHead = Math.min(bytes.length, this.#bound - this.#headLength);
    if (forHead > 0) {
      this.#growHead(this.#headLength + forHead);
      bytes.copy(this.#head, this.#headLength, 0, forHead);
      this.#headLength += forHead;
    }
    if (forHead < bytes.length) this.#pushTail(bytes.subarray(forHead));
  }

  /** The text: UTF-8, where it was cut with a line that says so. */
  toString(): string {
    const head = this.#head.subarray(0, this.#headLength);
    const tail = this.#tailInOrder();
    if (!this.truncated) return Buffer.concat([head, tail]).toString("utf8");
    const end = head.length - cutOff(head);
    let start = 0;
    while (start < 3 && isContinuation(tail[start])) start += 1;
    const missing = head.length - end + (this.#tailLength - tail.length) + start;
    return `${head.toString("utf8", 0, end)}\n[... ${missing} bytes left out ...]\n${tail.toString("utf8", start)}`;
  }

  #growHead(needed: number): void {
    if (needed <= this.#head.length) return;
    const bigger = Buffer.alloc(Math.min(this.#bound, Math.max(needed, this.#head.length * 2)));
    this.#head.copy(bigger, 0, 0, this.#headLength);
    this.#head = bigger;
  }

  #pushTail(bytes: Buffer): void {
    this.#tail ??= Buffer.alloc(this.#bound);
    const last = bytes.subarray(Math.max(0, bytes.length - this.#bound));
    this.#tailLength += bytes.length - last.length;
    const at = this.#tailLength % this.#bound;
    const fits = Math.min(last.length, this.#bound - at);
    last.copy(this.#tail, at, 0, fits);
    last.copy(this.#tail, 0, fits);
    this.#tailLength += last.length;
  }

  #tailInOrder(): Buffer {
    if (!this.#tail) return Buffer.alloc(0);
    if (!this.truncated) return this.#tail.subarray(0, this.#tailLength);
    const oldest = this.#tailLength % this.#bound;
    return Buffer.concat([this.#tail.subarray(oldest), this.#tail.subarray(0, oldest)]);
  }
}
