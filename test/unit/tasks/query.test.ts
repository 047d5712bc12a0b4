import { expect, it } from "vitest";
import { sh } from "weft";
import { query } from "../../../tasks/query.ts";
import { answer } from "./answer.ts";

it("hands over what the command printed", () => {
  const kernel = query({ ask: sh`uname -r` });
  const state = kernel.probe.parse(answer("6.1.0\n"));
  expect(state).toBe("6.1.0");
  expect(kernel.plan(state)).toEqual([]);
  expect(kernel.title).toBe("query uname -r");
});

it("hands over what a parser makes of it", () => {
  expect(query({ ask: sh`nproc`, parse: Number }).probe.parse(answer("4\n"))).toBe(4);
});

it("fails where the command does: an answer is never guessed", () => {
  const { probe } = query({ ask: sh`cat /missing`, title: "token" });
  expect(() => probe.parse(answer("", "cat: /missing: No such file\n", 1))).toThrow(
    "exit status 1: cat: /missing: No such file",
  );
});
