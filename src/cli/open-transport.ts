import { homedir, userInfo } from "node:os";
import type { Inventory, InventoryHost } from "../inventory/resolve.ts";
import { ssh2Transport } from "../ssh/ssh2-transport.ts";
import type { Transport } from "../ssh/transport.ts";
import { askPassphrase } from "./ask-passphrase.ts";
import { serverMemory } from "./server-memory.ts";

interface TransportOptions {
  /** Those that are to be reached. */
  readonly hosts: readonly InventoryHost[];
  /** Knows the connections of jump hosts too. */
  readonly inventory: Inventory;
  readonly acceptNewHostKeys: boolean;
}

/**
 * The way to the hosts. Asks on the terminal for what opens encrypted keys.
 *
 * @throws Problem where something that the user set up for a host is wrong
 */
export const openTransport = async ({
  hosts,
  inventory,
  acceptNewHostKeys,
}: TransportOptions): Promise<Transport> => {
  const overSsh = ssh2Transport({
    agentSocket: process.env.SSH_AUTH_SOCK,
    home: homedir(),
    userName: userInfo().username,
    acceptNewHostKeys,
    askPassphrase: askPassphrase(),
    servers: serverMemory(),
    hostNamed: (name) => inventory.hosts.find((host) => host.name === name)?.connection,
  });
  await overSsh.prepare(hosts, inventory.file);
  return {
    connect: async (connection, options) => {
      if (connection.connection !== "local") return overSsh.connect(connection, options);
      const { localTransport } = await import("../ssh/local-transport.ts");
      return localTransport.connect(connection, options);
    },
  };
};
