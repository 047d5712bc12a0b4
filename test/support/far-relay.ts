import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A port of this machine as if it were far away, which counts what the distance costs. */
export interface FarRelay {
  readonly port: number;
  /**
   * Round trips of the newest connection: how often the client has sent something only after it
   * had heard the answer to what it sent before. No time is measured, so that a busy machine
   * changes nothing. The handshake of TCP is none of them.
   */
  roundTrips(): number;
  stop(): void;
}

/** Much more than the client needs to send what does not wait for an answer. */
const ONE_WAY_MS = 100;

/** Starts a relay to a port. */
export const startFarRelay = async (port: number): Promise<FarRelay> => {
  const sockets: Socket[] = [];
  // The round trip to which what an end has heard so far belongs.
  const heard = { client: 0, server: 0 };
  const relay = createServer((client) => {
    const server = connect({ port, host: "127.0.0.1", noDelay: true });
    heard.client = 0;
    heard.server = 0;
    sockets.push(client, server);
    for (const socket of [client, server]) socket.on("error", () => {});
    client.setNoDelay(true);
    client.on("data", (data) => {
      const trip = heard.client + 1;
      setTimeout(() => {
        heard.server = trip;
        server.write(data);
      }, ONE_WAY_MS);
    });
    server.on("data", (data) => {
      const trip = heard.server;
      setTimeout(() => {
        heard.client = trip;
        client.write(data);
      }, ONE_WAY_MS);
    });
    client.on("end", () => setTimeout(() => server.end(), ONE_WAY_MS));
    server.on("end", () => setTimeout(() => client.end(), ONE_WAY_MS));
  });
  await new Promise<void>((resolve) => {
    relay.listen(0, "127.0.0.1", () => resolve());
  });
  return {
    port: (relay.address() as AddressInfo).port,
    roundTrips: () => heard.client,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      relay.close();
    },
  };
};
