import { $ } from "zx";

/** Where the lab looks for this machine's tools: a user's own PATH may well lack the sbin directories. */
export const machinePath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const env = { PATH: machinePath, HOME: "/root", LC_ALL: "C.UTF-8" };

/** Runs a command on this machine, quietly; values are quoted. Throws with its stderr where it fails. */
export const machine = $({ quiet: true, env });

/** The same for commands whose failure is an answer. */
export const machineTry = $({ quiet: true, nothrow: true, env });
