import type { Argv } from "yargs";
import { BECOME_METHODS, type Become } from "../become.ts";

/** The options of every verb that runs commands on hosts: who they run as. */
export const becomeOptions = <Args>(yargs: Argv<Args>) =>
  yargs
    .option("become", {
      alias: "b",
      type: "boolean",
      default: false,
      describe: "Run as another user what does not say otherwise",
    })
    .option("become-user", {
      type: "string",
      requiresArg: true,
      describe: "Who to become  [default: root]",
    })
    .option("become-method", {
      choices: BECOME_METHODS,
      requiresArg: true,
      describe: "How  [default: sudo]",
    })
    .option("ask-become-pass", {
      alias: "K",
      type: "boolean",
      default: false,
      describe: "Ask once for the password of sudo or su, for all hosts",
    });

/** What those options give. */
export interface BecomeArguments {
  readonly become: boolean;
  readonly becomeUser: string | undefined;
  readonly becomeMethod: Become["method"] | undefined;
  readonly askBecomePass: boolean;
}
