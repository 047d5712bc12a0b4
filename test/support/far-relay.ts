import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { delayedPipe } from "../../src/lab/delayed-pipe.ts";

/** A port of this machine as if it were far away. */
export interface FarRelay {
  readonly port: number;
  stop(): void;
}

/** Starts a relay to a port. The handshake of TCP itself takes no time. */
export const startFarRelay = async (port: number, roundTripMs: number): Promise<FarRelay> => {
  const sockets: Socket[] = [];
  const relay = createServer((client) => {
    const server = connect({ port, host: "127.0.0.1", noDelay: true });
    sockets.push(client, server);
    for (const socket of [client, server]) socket.on("error", () => {});
    client.setNoDelay(true);
    const options = { delayMs: () => roundTripMs / 2, onData: () => {} };
    delayedPipe(client, server, options);
    delayedPipe(server, client, options);
  });
  await new Promise<void>((resolve) => {
    relay.listen(0, "127.0.0.1", () => resolve());
  });
  return {
    port: (relay.address() as AddressInfo).port,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      relay.close();
    },
  };
};
