import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../src/ui/error-message.ts";

const options = { color: false, verbosity: 0 };
const problem = {
  message: "playbooks/mesh.ts: no group is named `labs`",
  hint: "The inventory has: lab, edge.",
  stack: "Error: x\n    at y",
};

describe("problem before a run", () => {
  it("says what is wrong and what to try", () => {
    expect(formatProblem(problem, options)).toBe(
      "error: playbooks/mesh.ts: no group is named `labs`\n\nTry: The inventory has: lab, edge.\n",
    );
  });

  it("shows the stack with -vv only", () => {
    expect(formatProblem(problem, { ...options, verbosity: 1 })).not.toContain("at y");
    expect(formatProblem(problem, { ...options, verbosity: 2 })).toMatch(
      /\n\nError: x\n {4}at y\n$/,
    );
  });

  it("wraps to the terminal, colours the word only", () => {
    expect(formatProblem({ message: "a b c d" }, { ...options, color: true, columns: 10 })).toBe(
      "\u001b[1m\u001b[31merror:\u001b[39m\u001b[22m a b\nc d\n",
    );
  });
});
