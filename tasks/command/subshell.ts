import { type Command, sh } from "weft";

/** A command that changes nothing of the shell around it, and whose last comment ends where it ends. */
export const subshell = (command: Command): Command => sh`(
${command}
)`;
