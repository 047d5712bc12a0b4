import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { createInterface } from "node:readline";
import type {
  ForwarderAnswer,
  ForwarderConfig,
  ForwarderRequest,
  FromInside,
  Route,
  ToInside,
} from "./forwarder-protocol.ts";

const listen = async (route: Route): Promise<Server> => {
  const server = createServer({ allowHalfOpen: true });
  server.listen(route.sshPort, route.sshAddress);
  await once(server, "listening");
  return server;
};

/** Sends a message, with the listening socket where there is one; resolves once it is gone. */
const send = (inside: ChildProcess, message: ToInside, server?: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    inside.send(message, server, undefined, (error) => (error ? reject(error) : resolve()));
  });

const traffic = async (inside: ChildProcess): Promise<FromInside> => {
  const answer = once(inside, "message");
  await send(inside, { kind: "traffic" });
  const [message] = (await answer) as [FromInside];
  return message;
};

/**
 * The half of the forwarder that runs in the machine's network namespace: it listens on the loopback
 * addresses, hands the sockets to the other half, and takes requests on a unix socket.
 */
export const runOutside = async ({
  configFile,
  controlSocket,
  namespace,
  entry,
}: {
  configFile: string;
  controlSocket: string;
  namespace: string;
  entry: string;
}): Promise<void> => {
  const inside = spawn(
    "nsenter",
    [`--net=/run/netns/${namespace}`, process.execPath, entry, "inside"],
    {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    },
  );
  // One half alone is of no use.
  inside.on("exit", () => process.exit(1));
  const listening = new Set<string>();

  const configure = async ({ latencyMs, routes }: ForwarderConfig): Promise<void> => {
    await send(inside, { kind: "latency", latencyMs });
    for (const route of routes.filter(({ name }) => !listening.has(name))) {
      const server = await listen(route);
      await send(inside, { kind: "listen", route }, server);
      // Kept open here as well, it would take every other connection and do nothing with it.
      server.close();
      listening.add(route.name);
    }
  };

  const answer = async (request: ForwarderRequest): Promise<ForwarderAnswer> => {
    if (request.kind === "traffic") return traffic(inside);
    await configure(request.config);
    return { kind: "done" };
  };

  await configure(JSON.parse(await readFile(configFile, "utf8")) as ForwarderConfig);
  await rm(controlSocket, { force: true });
  createServer((client) => {
    client.on("error", () => client.destroy());
    const lines = createInterface(client);
    lines.on("error", () => client.destroy());
    lines.on("line", async (line) => {
      const reply = await answer(JSON.parse(line) as ForwarderRequest).catch(
        (error: Error): ForwarderAnswer => ({ kind: "failed", message: error.message }),
      );
      client.write(`${JSON.stringify(reply)}\n`);
    });
  }).listen(controlSocket);
};
