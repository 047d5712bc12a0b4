import { PassThrough } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, expect, it, vi } from "vitest";
import { acknowledgeTasks, confirmTasks } from "../../../src/cli/confirm-tasks.ts";
import { TerminalQuestions } from "../../../src/cli/terminal-questions.ts";

let typed: PassThrough;
let aborts: AbortController;
let questions: TerminalQuestions;

const terminal = (stream: PassThrough) =>
  Object.assign(stream, { isTTY: true }) as unknown as typeof process.stdin & typeof process.stderr;

beforeEach(() => {
  typed = new PassThrough();
  vi.spyOn(process, "stdin", "get").mockReturnValue(terminal(typed));
  vi.spyOn(process, "stderr", "get").mockReturnValue(terminal(new PassThrough()));
  aborts = new AbortController();
  questions = new TerminalQuestions(aborts.signal);
  return () => vi.restoreAllMocks();
});

const ask = () => questions.inTurn((question) => question("Well? "));
const task = { play: "p", title: "t", host: "one" };

it("gives the line that is typed", async () => {
  typed.write("yes\n");
  expect(await ask()).toBe("yes");
});

it("gives nothing where the input ends, to this question and those after it", async () => {
  const answers = [ask(), ask()];
  await turn();
  typed.end();
  expect(await Promise.all(answers)).toEqual([undefined, undefined]);
  expect(await ask()).toBeUndefined();
});

it("gives up where the run is aborted", async () => {
  const answer = ask();
  aborts.abort();
  await expect(answer).rejects.toThrow(/abort/i);
});

it("takes the end of the input for a no to a task, and not for somebody's word", async () => {
  typed.end();
  expect(await confirmTasks(questions)(task)).toBe(false);
  const acknowledged = acknowledgeTasks(questions)?.({ ...task, text: "Look" });
  await expect(acknowledged).rejects.toThrow("the input ended before somebody pressed Enter");
});
