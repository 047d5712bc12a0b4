import { once } from "node:events";
import { createServer } from "node:net";
import { Problem } from "../problem.ts";
import { defaultSshPort, type HostAddress } from "./address-plan.ts";

/** The second one is for a machine whose own sshd listens on every address, as Debian's does. */
const candidates: readonly number[] = [defaultSshPort, 2256];

/** True where nobody listens on this port of this address, or of every address. */
export const isPortFree = async (address: string, port: number): Promise<boolean> => {
  const server = createServer();
  server.listen(port, address);
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
    throw error;
  }
  server.close();
  await once(server, "close");
  return true;
};

/**
 * The port that SSH to the lab's hosts gets: 22, or where that is taken on one of their loopback addresses
 * a fixed other one.
 * @throws Problem where that one is taken as well
 */
export const chooseSshPort = async (
  hosts: readonly Pick<HostAddress, "sshAddress">[],
  isFree: (address: string, port: number) => Promise<boolean> = isPortFree,
): Promise<number> => {
  for (const port of candidates) {
    const free = await Promise.all(hosts.map(({ sshAddress }) => isFree(sshAddress, port)));
    if (!free.includes(false)) return port;
  }
  const addresses = hosts.map(({ sshAddress }) => sshAddress).join(", ");
  throw new Problem(`ports ${candidates.join(" and ")} are in use on ${addresses}`, {
    hint: 'ss -ltnp shows by whom. Where it is another lab: "weft lab down" ends it.',
  });
};
