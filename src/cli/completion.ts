import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { ArgumentsCamelCase, Argv } from "yargs";
import { Problem } from "../problem.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

const builder = (yargs: Argv) =>
  yargs
    .positional("shell", { choices: SHELLS, describe: "For which shell  [default: $SHELL]" })
    .example("source <(weft completion bash)", "In ~/.bashrc")
    .example("source <(weft completion zsh)", "In ~/.zshrc, after compinit")
    .example("weft completion fish | source", "In ~/.config/fish/config.fish");

type CompletionArguments = ArgumentsCamelCase<
  ReturnType<typeof builder> extends Argv<infer Args> ? Args : never
>;

const ownShell = (): (typeof SHELLS)[number] => {
  const name = basename(process.env.SHELL ?? "");
  const shell = SHELLS.find((it) => it === name);
  if (shell !== undefined) return shell;
  throw new Problem(
    name === "" ? "say which shell: $SHELL is not set" : `there is no completion for ${name}`,
    { hint: `weft completion ${SHELLS.join("|")}` },
  );
};

/** `weft completion [SHELL]`: prints the script that makes a shell ask weft what may come next. */
export const completionCommand = {
  command: "completion [shell]",
  describe: "Print a script that lets a shell complete weft's arguments",
  builder,
  handler: ({ shell = ownShell() }: CompletionArguments): void => {
    const file = new URL(`../completions/weft.${shell}`, import.meta.url);
    process.stdout.write(readFileSync(file));
  },
};
