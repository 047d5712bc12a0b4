import { existsSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import type { ArgumentsCamelCase, Argv } from "yargs";
import { Problem } from "../problem.ts";

const builder = (yargs: Argv) =>
  yargs
    .positional("playbook", { type: "string", demandOption: true, describe: "A TypeScript file" })
    .option("inventory", {
      alias: "i",
      type: "string",
      requiresArg: true,
      describe: "Inventory, a TypeScript file  [default: the lab]",
    })
    .option("limit", {
      alias: "l",
      type: "string",
      requiresArg: true,
      describe: "Only these hosts: names, groups, globs, a:&b:!c",
    })
    .option("check", {
      alias: "C",
      type: "boolean",
      default: false,
      describe: "Say what would change, change nothing",
    })
    .option("diff", {
      alias: "D",
      type: "boolean",
      default: false,
      describe: "Show what changes, line by line",
    })
    .option("forks", {
      alias: "f",
      type: "number",
      requiresArg: true,
      default: 32,
      describe: "So many hosts side by side",
    })
    .option("output", {
      alias: "o",
      choices: ["auto", "listr", "plain", "json"] as const,
      default: "auto" as const,
      describe: "How to show progress",
    })
    .option("accept-new-host-keys", {
      type: "boolean",
      default: false,
      describe: "Remember the keys of hosts not seen before",
    })
    .option("verbose", {
      alias: "v",
      type: "count",
      describe: "More: -v tasks and their output, -vv stacks of errors",
    })
    .example("weft run playbooks/mesh.ts", "Weave the lab's hosts into one network")
    .example(
      "weft run site.ts -i inventory/prod.ts -l web --check --diff",
      "See what would change",
    );

type RunArguments = ArgumentsCamelCase<
  ReturnType<typeof builder> extends Argv<infer Args> ? Args : never
>;

/** The lab's inventory: the project's own where it has one, else the one that weft brings. */
const defaultInventory = (): string => {
  const own = "inventory/lab.ts";
  return existsSync(own) ? own : fileURLToPath(new URL("../inventory/lab.ts", import.meta.url));
};

/** Aborts on the first Ctrl-C or SIGTERM; a second one ends the process at once. */
const interruptible = (): AbortController => {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error("interrupted"));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller;
};

const run = async (args: RunArguments): Promise<void> => {
  if (!Number.isInteger(args.forks) || args.forks < 1) {
    throw new Problem(`--forks: expected a whole number from 1, got ${args.forks}`);
  }
  const [{ loadInventory, loadPlaybook, shownPath }, { resolveInventory }, { runPlaybook }] =
    await Promise.all([
      import("./load.ts"),
      import("../inventory/resolve.ts"),
      import("../run/run-playbook.ts"),
    ]);
  const { matchHosts } = await import("../inventory/pattern.ts");
  const { ssh2Transport } = await import("../ssh/ssh2-transport.ts");
  const { terminalRenderer } = await import("./terminal-renderer.ts");
  const { exitCodeOf } = await import("./exit-codes.ts");

  const inventoryFile = args.inventory ?? defaultInventory();
  const definition = await loadInventory(inventoryFile);
  const playbook = await loadPlaybook(args.playbook);
  const inventory = resolveInventory(definition, playbook.contract, shownPath(inventoryFile));
  const limit = matchHosts(args.limit ?? "all", inventory);
  const transport = ssh2Transport({
    agentSocket: process.env.SSH_AUTH_SOCK,
    home: homedir(),
    userName: userInfo().username,
    acceptNewHostKeys: args.acceptNewHostKeys,
  });
  transport.checkIdentities(
    inventory.hosts.filter(({ name }) => limit.includes(name)),
    inventory.file,
  );
  const controller = interruptible();
  const renderer = await terminalRenderer(args.output, {
    verbosity: args.verbose,
    showDiff: args.diff,
  });
  try {
    const result = await runPlaybook({
      file: args.playbook,
      playbook,
      inventory,
      limit,
      transport,
      check: args.check,
      forks: args.forks,
      emit: renderer.emit,
      signal: controller.signal,
    });
    process.exitCode = exitCodeOf(result);
  } finally {
    await renderer.close();
  }
};

/** `weft run PLAYBOOK.ts`. */
export const runCommand = {
  command: "run <playbook>",
  describe: "Run a playbook over the hosts of an inventory",
  builder,
  handler: run,
};
