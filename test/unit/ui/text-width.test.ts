import { describe, expect, it } from "vitest";
import { textWidth, truncate, wrapWords } from "../../../src/ui/text-width.ts";

describe("text width", () => {
  it.each([
    ["abc", 3],
    ["主机", 4],
    ["é", 1],
    ["e\u0301", 1],
    ["✔ lab", 5],
    ["🚀", 2],
    ["\u200b", 0],
  ])("%j takes %i cells", (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  it.each([
    ["abcdef", 6, "abcdef"],
    ["abcdef", 5, "abcd…"],
    ["abc def", 5, "abc…"],
    ["主机名称", 5, "主机…"],
    ["abc", 0, ""],
  ])("%j is cut to %i cells", (text, width, cut) => {
    expect(truncate(text, width)).toBe(cut);
  });

  it("wraps at spaces, keeps the indentation and leaves long words whole", () => {
    expect(wrapWords("  one two https://example.org/long three", 10)).toEqual([
      "  one two",
      "  https://example.org/long",
      "  three",
    ]);
  });
});
