import { isUserName } from "../become.ts";
import type { Inventory } from "../inventory/resolve.ts";
import { Problem } from "../problem.ts";
import { type Secret, secret } from "../shell/secret.ts";
import type { Connection } from "../ssh/transport.ts";
import { askHidden, canAsk } from "./ask-passphrase.ts";
import type { BecomeArguments } from "./become-options.ts";

const askPassword = async (): Promise<Secret | undefined> => {
  if (!canAsk()) {
    throw new Problem("-K: there is no terminal to ask for the password on", {
      hint: "Give it in the inventory: becomePassword, or ansible_become_password.",
    });
  }
  const password = await askHidden("Password for sudo or su, on all hosts: ");
  return password === "" ? undefined : secret(password);
};

/**
 * The inventory with what the command line says of becoming another user: a default for every
 * host, as in Ansible; what the inventory says of a host wins.
 *
 * @throws Problem where there is nobody to ask, or the user's name is none
 */
export const withBecome = async (
  inventory: Inventory,
  { become, becomeUser, becomeMethod, askBecomePass }: BecomeArguments,
): Promise<Inventory> => {
  if (becomeUser !== undefined && !isUserName(becomeUser)) {
    throw new Problem(`--become-user: "${becomeUser}" is no user name`);
  }
  const becomePassword = askBecomePass ? await askPassword() : undefined;
  const defaults: Partial<Connection> = {
    ...(become && { become }),
    ...(becomeUser !== undefined && { becomeUser }),
    ...(becomeMethod !== undefined && { becomeMethod }),
    ...(becomePassword !== undefined && { becomePassword }),
  };
  if (Object.keys(defaults).length === 0) return inventory;
  const hosts = inventory.hosts.map((host) => ({
    ...host,
    connection: { ...defaults, ...host.connection },
  }));
  return { ...inventory, hosts };
};
