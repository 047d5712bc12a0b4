import { join } from "node:path";
import type { Connection } from "./transport.ts";

/** Who runs weft. Passed in, because only the command line reads the environment. */
export interface LocalUser {
  /** The name that a connection without a user logs in with. */
  readonly userName: string;
  /** Home directory, for `~` and the default files under `~/.ssh`. */
  readonly home: string;
  /** Socket of the running ssh-agent, where there is one. */
  readonly agentSocket?: string | undefined;
}

/** Replaces a leading `~/` by the home directory, as ssh_config(5) has it. */
export const expandHome = (file: string, { home }: LocalUser): string =>
  file === "~" || file.startsWith("~/") ? join(home, file.slice(1)) : file;

/** The agent that a connection uses: its own, else the user's. An empty variable names none. */
export const agentSocketOf = (
  { agent }: Pick<Connection, "agent">,
  user: LocalUser,
): string | undefined => (agent === false ? undefined : (agent ?? user.agentSocket) || undefined);
