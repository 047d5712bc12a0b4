import { describe, expect, it } from "vitest";
import * as z from "zod";
import { playbookFlags, withoutPlaybookFlags } from "../../../src/cli/playbook-options.ts";
import { defineContract } from "../../../src/inventory/contract.ts";
import { playbook } from "../../../src/playbook.ts";

const contract = defineContract({
  web: z.object({
    keepLogs: z.boolean().default(false),
    port: z.number().optional(),
    motto: z.string().default(""),
  }),
  db: z.object({ port: z.number() }),
});
const inner = playbook(contract, [], { options: { motto: "What it says" } });
const flags = playbookFlags(
  playbook(contract, [inner], {
    options: { keepLogs: "Leave the logs", port: "Where it listens" },
  }),
);

const words = (...args: readonly string[]) => withoutPlaybookFlags(args, flags);

describe("a playbook's options", () => {
  it("are flags, with those of playbooks in it; what can be true needs no value", () => {
    expect(flags.map(({ name, takesValue }) => [name, takesValue])).toEqual([
      ["motto", true],
      ["keep-logs", false],
      ["port", true],
    ]);
  });

  it.each([
    [
      ["run", "play.ts", "--keep-logs"],
      ["run", "play.ts", "-e", "keepLogs='true'"],
    ],
    [
      ["--keep-logs", "play.ts"],
      ["-e", "keepLogs='true'", "play.ts"],
    ],
    [["--keep-logs=no"], ["-e", "keepLogs='no'"]],
    [["--no-keep-logs"], ["-e", "keepLogs='false'"]],
    [
      ["--port", "80", "--check"],
      ["-e", "port='80'", "--check"],
    ],
    [["--motto=it's a = b"], ["-e", "motto='it'\\''s a = b'"]],
    [
      ["--other", "--", "--keep-logs"],
      ["--other", "--", "--keep-logs"],
    ],
  ])("%j mean what -e says: %j", (given, expected) => {
    expect(words(...given)).toEqual(expected);
  });

  it("are refused with a value that the contract does not take, or without one", () => {
    expect(() => words("--keep-logs=maybe")).toThrow(/^--keep-logs maybe: .*expected boolean/);
    expect(() => words("--port", "http")).toThrow(/^--port http: .*expected number/);
    expect(() => words("--port")).toThrow("--port: a value is missing");
  });
});
