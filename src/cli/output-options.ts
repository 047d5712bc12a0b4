import type { Argv } from "yargs";
import { single } from "./single.ts";

/** The options that say how a run is shown, and which reports it leaves. */
export const outputOptions = <Args>(yargs: Argv<Args>) =>
  yargs
    .option("diff", {
      alias: "D",
      type: "boolean",
      default: false,
      describe: "Show what changes, line by line",
    })
    .option("output", {
      alias: "o",
      choices: ["auto", "listr", "plain", "json"] as const,
      default: "auto" as const,
      describe: "How to show progress",
    })
    .option("verbose", {
      alias: "v",
      type: "count",
      describe: "More: -v tasks and their output, -vv stacks of errors",
    })
    .option("follow", {
      type: "string",
      requiresArg: true,
      coerce: single("--follow"),
      describe: "Show every line of this host as it comes",
    })
    .option("profile", {
      type: "boolean",
      default: false,
      describe: "End with the slowest tasks",
    })
    .option("junit", {
      type: "string",
      requiresArg: true,
      coerce: single("--junit"),
      describe: "Write a JUnit report to this file",
    })
    .option("html", {
      type: "string",
      requiresArg: true,
      coerce: single("--html"),
      describe: "Write an HTML report to this file",
    })
    .option("log-dir", {
      type: "string",
      requiresArg: true,
      coerce: single("--log-dir"),
      describe: "Log each host to a file in this folder",
    });
