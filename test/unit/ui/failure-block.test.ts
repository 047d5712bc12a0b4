import { describe, expect, it } from "vitest";
import { failureBlock } from "../../../src/ui/failure-block.ts";
import { createLook } from "../../../src/ui/look.ts";

const look = (width = Number.POSITIVE_INFINITY, verbosity = 0, color = false) =>
  createLook({ color, verbosity, showDiff: false }, width);
const message = "could not install openvswitch";
const command = ["one", "two", "three", "four", "five", "six"].join("\n");

describe("failure block", () => {
  it.each([
    { name: "a message alone is one line", failure: { message }, lines: [message] },
    {
      name: "a command shows its first lines",
      failure: { message, command },
      lines: [
        message,
        "",
        "  $ one",
        "    two",
        "    three",
        "    four",
        "    … 2 more lines of the command, shown with -v",
      ],
    },
    {
      name: "output is cleaned of what moves the cursor",
      failure: {
        message,
        output: "\n\u001b[31mE:\u001b[0m\tlock\r\n 10%\r 90%\r\n\u0007\u009b2J\n\n",
      },
      lines: [message, "", "  E:      lock", "   90%"],
    },
    {
      name: "a killed command names the signal",
      failure: { message, exitCode: 137 },
      lines: [message, "", "  exit code 137, killed by SIGKILL"],
    },
  ])("$name", ({ failure, lines }) => {
    expect(failureBlock(failure, look())).toEqual(lines);
  });

  it("shows the whole command with -v", () => {
    expect(failureBlock({ message, command }, look(80, 1)).at(-1)).toBe("    six");
  });

  it("puts the title before the message and wraps both to the width", () => {
    const failure = { message, command: "apt-get install --yes openvswitch-switch", hint: "Wait." };
    expect(failureBlock(failure, look(36), "openvswitch installed")).toEqual([
      "openvswitch installed: could not",
      "install openvswitch",
      "",
      "  $ apt-get install --yes",
      "      openvswitch-switch",
      "",
      "Try: Wait.",
    ]);
  });

  it("shows the stack with -vv only", () => {
    const failure = { message, stack: "Error: x\n    at y" };
    expect(failureBlock(failure, look(80, 1))).toEqual([message]);
    expect(failureBlock(failure, look(80, 2))).toEqual([message, "", "Error: x", "    at y"]);
  });

  it("is bold up to the end of the title", () => {
    expect(failureBlock({ message: "no" }, look(80, 0, true), "bridge")).toEqual([
      "\u001b[1mbridge: \u001b[22mno",
    ]);
  });
});
