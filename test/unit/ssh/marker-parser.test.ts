import { expect, test } from "vitest";
import { MarkerParser } from "../../../src/ssh/marker-parser.ts";

const parse = (chunks: readonly string[]) => {
  const found: string[] = [];
  const parser = new MarkerParser("nonce", {
    data: (bytes) => {
      const last = found.at(-1);
      if (last?.startsWith("=")) found[found.length - 1] = last + bytes;
      else found.push(`=${bytes}`);
    },
    marker: ({ run, key, value }) => found.push(`${run}/${key}/${value}`),
  });
  for (const chunk of chunks) parser.push(Buffer.from(chunk));
  return found;
};

const STREAM = "a\n\x1enonce;1;begin;0\x1eb\x1e\x1enonc\x1enonce;1;0;3\x1e\x1enonce;1;1;-\x1etail";
const FOUND = ["=a\n", "1/begin/0", "=b\x1e\x1enonc", "1/0/3", "1/1/-", "=tail"];

test("finds markers in one chunk", () => {
  expect(parse([STREAM])).toEqual(FOUND);
});

test("finds them wherever the chunks are cut", () => {
  for (let cut = 0; cut <= STREAM.length; cut += 1) {
    expect(parse([STREAM.slice(0, cut), STREAM.slice(cut)])).toEqual(FOUND);
  }
  expect(parse([...STREAM])).toEqual(FOUND);
});

test("takes a marker of another session for output", () => {
  expect(parse(["\x1eother;1;0;0\x1e\n"])).toEqual(["=\x1eother;1;0;0\x1e\n"]);
});

test("holds nothing back that cannot begin a marker", () => {
  expect(parse(["\x1ex"])).toEqual(["=\x1ex"]);
  expect(parse(["password: "])).toEqual(["=password: "]);
});
