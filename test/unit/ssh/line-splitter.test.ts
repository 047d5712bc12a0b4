import { expect, test } from "vitest";
import { LineSplitter, LONGEST_LINE } from "../../../src/ssh/line-splitter.ts";

const linesOf = (...chunks: (string | Buffer)[]) => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
};

test.each([
  ["lines in one chunk", ["a\nb\n"], ["a", "b"]],
  ["a line in two chunks", ["a", "b\nc\n"], ["ab", "c"]],
  ["a last line without its end", ["a\nb"], ["a", "b"]],
  ["empty lines", ["\n\na\n"], ["", "", "a"]],
  ["CR LF, also cut between", ["a\r", "\nb\r\n"], ["a", "b"]],
  ["nothing", [], []],
])("splits %s", (_what, chunks, lines) => {
  expect(linesOf(...chunks)).toEqual(lines);
});

test("joins a character that chunks have cut", () => {
  const bytes = Buffer.from("€\n");
  expect(linesOf(bytes.subarray(0, 1), bytes.subarray(1, 2), bytes.subarray(2))).toEqual(["€"]);
});

test("cuts a line without an end, however long it grows", () => {
  const chunk = "x".repeat(10_000);
  const [line, next] = linesOf(...Array.from({ length: 50 }, () => chunk), "\nnext\n");
  expect(line).toHaveLength(LONGEST_LINE);
  expect(next).toBe("next");
});
