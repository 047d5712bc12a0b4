import { describe, expect, it } from "vitest";
import { shellWords } from "../../../../src/inventory/ansible/shell-words.ts";

describe("words of a host line", () => {
  it.each<[string, readonly string[]]>([
    ["web a=1  b=2\t", ["web", "a=1", "b=2"]],
    [`a='x y' b="p q"`, ["a=x y", "b=p q"]],
    [`a='it''s'`, ["a=its"]],
    [String.raw`a="x\"y\\z\n" b='\n' c=back\ slash`, ['a=x"y\\z\\n', "b=\\n", "c=back slash"]],
    ["web # a comment", ["web"]],
    ["web a=b#c d=e", ["web", "a=b"]],
    ["a='#' b", ["a=#", "b"]],
    ["a= ''", ["a=", ""]],
    ["", []],
  ])("%s", (line, words) => {
    expect(shellWords(line)).toEqual(words);
  });

  it.each(["a='x", 'a="x', 'a="x\\', "a\\"])("%s is refused", (line) => {
    expect(() => shellWords(line)).toThrow(SyntaxError);
  });
});
