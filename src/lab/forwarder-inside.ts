import { connect, type Server, type Socket } from "node:net";
import { defaultSshPort } from "./address-plan.ts";
import { delayedPipe } from "./delayed-pipe.ts";
import type { FromInside, Route, ToInside, Traffic } from "./forwarder-protocol.ts";

type Counter = { -readonly [Key in keyof Traffic]: Traffic[Key] };

/** A client must not take an unreachable host for one that closed the connection in good order. */
const reset = (socket: Socket): void => {
  if (!socket.destroyed) socket.resetAndDestroy();
};

const forward = (client: Socket, route: Route, counter: Counter, delayMs: () => number): void => {
  counter.connections += 1;
  let lastFromHost = true;
  client.setNoDelay(true);
  client.on("error", () => client.destroy());
  // The kernel accepted at once. A real client would have waited one round trip, and the host half of
  // one more for the last packet of the handshake.
  const handshake = setTimeout(() => {
    const host = connect({
      host: route.underlayAddress,
      port: defaultSshPort,
      noDelay: true,
      allowHalfOpen: true,
    });
    host.on("error", () => reset(client));
    client.on("close", () => reset(host));
    host.once("connect", () => {
      delayedPipe(client, host, {
        delayMs,
        onData: (bytes) => {
          counter.bytesToHost += bytes;
          if (lastFromHost) counter.roundTrips += 1;
          lastFromHost = false;
        },
      });
      delayedPipe(host, client, {
        delayMs,
        onData: (bytes) => {
          counter.bytesFromHost += bytes;
          lastFromHost = true;
        },
      });
    });
  }, 3 * delayMs());
  client.once("close", () => clearTimeout(handshake));
};

/**
 * The half of the forwarder that runs in the underlay's network namespace: it accepts on sockets
 * that the other half listens on in the machine's, and connects from here.
 */
export const runInside = (): void => {
  let latencyMs = 0;
  const counters: Record<string, Counter> = {};
  process.on("message", (message: ToInside, server?: Server) => {
    if (message.kind === "latency") latencyMs = message.latencyMs;
    if (message.kind === "traffic") {
      process.send?.({ kind: "traffic", hosts: counters } satisfies FromInside);
    }
    if (message.kind === "listen" && server !== undefined) {
      const { route } = message;
      const counter = { connections: 0, bytesToHost: 0, bytesFromHost: 0, roundTrips: 0 };
      counters[route.name] = counter;
      // What the other half asked of its server does not come along with the socket.
      Object.assign(server, { allowHalfOpen: true });
      server.on("connection", (client) => forward(client, route, counter, () => latencyMs / 2));
    }
  });
  process.on("disconnect", () => process.exit());
};
