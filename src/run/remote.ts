import type { Connection, Session } from "../ssh/transport.ts";

/** A host at the other end: how to reach it, and the session to it while there is one. */
export interface Remote {
  readonly name: string;
  readonly connection: Connection;
  /** Whether the run tells of connecting to it: not where another host's task is delegated to it. */
  readonly shown: boolean;
  session: Session | undefined;
}

/** A remote that is not connected yet. */
export const remoteTo = (
  { name, connection }: Pick<Remote, "name" | "connection">,
  shown = true,
): Remote => ({ name, connection, shown, session: undefined });

/** Gives up the session to a remote, where there is one; the next that needs it connects anew. */
export const disconnect = async (remote: Remote): Promise<void> => {
  await remote.session?.close();
  remote.session = undefined;
};
