import { Writable } from "node:stream";
import type { RenderOptions } from "../../../src/ui/render-options.ts";

/** A stream that keeps each write; with a size it passes for a terminal. */
export class FakeStream extends Writable {
  readonly writes: string[] = [];
  readonly isTTY: boolean;

  readonly columns: number | undefined;
  readonly rows: number | undefined;

  constructor(columns?: number, rows?: number) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
    this.isTTY = columns !== undefined;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.writes.push(String(chunk));
    done();
  }

  get text(): string {
    return this.writes.join("");
  }

  get lines(): string[] {
    return this.text.replace(/\n$/, "").split("\n");
  }
}

/** Options for a renderer that prints on a fake stream, without colour. */
export const fakeOptions = (
  stdout: FakeStream,
  more: Partial<RenderOptions> = {},
): RenderOptions => ({
  stdout,
  stderr: new FakeStream(),
  isTTY: stdout.isTTY,
  color: false,
  verbosity: 0,
  showDiff: false,
  ...more,
});
