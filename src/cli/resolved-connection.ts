import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { becomeOf } from "../become.ts";
import type { Inventory, InventoryHost } from "../inventory/resolve.ts";
import { Problem } from "../problem.ts";
import { SetupError } from "../ssh/setup-error.ts";
import { SshConfig } from "../ssh/ssh-config.ts";
import { type Route, resolveTarget } from "../ssh/target.ts";
import type { Connection } from "../ssh/transport.ts";

const hop = ({ user, address, port }: Connection): string => {
  const host = address.includes(":") ? `[${address}]` : address;
  return `${user === undefined ? "" : `${user}@`}${host}${port === undefined ? "" : `:${port}`}`;
};

/** A route through jump hosts as `ssh -J` takes it. */
const jumps = (route: Route): string | undefined => {
  if (route.kind !== "jump") return undefined;
  const { through } = route;
  return [through.proxyJump, hop(through)].filter((text) => text !== undefined).join(",");
};

/**
 * How a host is reached, with what ~/.ssh/config says and the defaults filled in.
 *
 * @throws Problem for what cannot be understood or honoured
 */
export const resolvedConnection = ({ name, connection }: InventoryHost, inventory: Inventory) => {
  const home = homedir();
  const user = { home, userName: userInfo().username, agentSocket: process.env.SSH_AUTH_SOCK };
  try {
    const target = resolveTarget(connection, new SshConfig(join(home, ".ssh", "config"), user), {
      ...user,
      hostNamed: (other) => inventory.hosts.find((host) => host.name === other)?.connection,
    });
    const { route } = target;
    const isCommand = route.kind === "command";
    return {
      hostname: target.address,
      port: target.port,
      user: target.user,
      identityFiles: target.identityFiles ?? [],
      // As it was written, where the inventory says it.
      proxyJump: (route.kind === "jump" ? connection.proxyJump : undefined) ?? jumps(route) ?? null,
      become: becomeOf(connection) ?? null,
      proxyCommand: isCommand ? (connection.proxyCommand ?? route.command) : null,
    };
  } catch (cause) {
    if (!(cause instanceof SetupError)) throw cause;
    const { message, hint } = cause;
    throw new Problem(`${inventory.file}: host ${name}: ${message}`, {
      cause,
      ...(hint !== undefined && { hint }),
    });
  }
};
