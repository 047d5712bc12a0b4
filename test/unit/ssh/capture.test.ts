import { expect, test } from "vitest";
import { Capture } from "../../../src/ssh/capture.ts";

const captured = (bound: number, ...chunks: (string | Buffer)[]) => {
  const capture = new Capture(bound);
  for (const chunk of chunks) capture.push(Buffer.from(chunk));
  return { text: capture.toString(), truncated: capture.truncated };
};

test.each([
  ["nothing", [], "", false],
  ["less than the bound", ["ab", "c"], "abc", false],
  ["exactly twice the bound", ["01234567"], "01234567", false],
  ["one byte more", ["012345678"], "0123\n[... 1 bytes left out ...]\n5678", true],
  ["one byte at a time", [..."0123456789ab"], "0123\n[... 4 bytes left out ...]\n89ab", true],
  [
    "a big chunk at the end",
    ["01", "2345", "6789abcdefgh"],
    "0123\n[... 10 bytes left out ...]\nefgh",
    true,
  ],
])("keeps the beginning and the end of %s", (_what, chunks, text, truncated) => {
  expect(captured(4, ...chunks)).toEqual({ text, truncated });
});

test("cuts no character in halves", () => {
  expect(captured(4, "abcéxxxxéabc").text).toBe("abc\n[... 8 bytes left out ...]\nabc");
  expect(captured(4, "abéxxxxéab").text).toBe("abé\n[... 4 bytes left out ...]\néab");
  expect(captured(4, "é€xxxx€é").text).toBe("é\n[... 10 bytes left out ...]\né");
});

test("joins characters that chunks have cut", () => {
  const bytes = Buffer.from("a€b");
  expect(captured(100, bytes.subarray(0, 2), bytes.subarray(2)).text).toBe("a€b");
});

test("is right for any sizes of chunks", () => {
  const text = Array.from({ length: 997 }, (_, index) =>
    String.fromCharCode(97 + (index % 26)),
  ).join("");
  for (const size of [1, 2, 7, 63, 64, 65, 200, 997]) {
    const chunks = text.match(new RegExp(`.{1,${size}}`, "g")) ?? [];
    expect(captured(64, ...chunks).text).toBe(
      `${text.slice(0, 64)}\n[... ${997 - 128} bytes left out ...]\n${text.slice(-64)}`,
    );
  }
});
