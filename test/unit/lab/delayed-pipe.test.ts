import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { delayedPipe } from "../../../src/lab/delayed-pipe.ts";

const open: { destroy?: () => void; close?: () => void }[] = [];
afterEach(() => {
  for (const thing of open.splice(0)) (thing.destroy ?? thing.close)?.call(thing);
});

/** Two sockets that are joined. */
const pair = async (): Promise<[Socket, Socket]> => {
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const near = connect({ port: (server.address() as { port: number }).port, allowHalfOpen: true });
  const [far] = (await once(server, "connection")) as [Socket];
  open.push(near, far, server);
  return [near, far];
};

/** A client and a server with a delayed pipe from the first to the second. */
const piped = async (delayMs: () => number) => {
  const [client, from] = await pair();
  const [to, server] = await pair();
  let bytes = 0;
  delayedPipe(from, to, { delayMs, onData: (count) => (bytes += count) });
  return { client, server, bytes: () => bytes };
};

const read = async (socket: Socket): Promise<string> => {
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
};

test("what is sent arrives in order, after the delay, and is counted", async () => {
  const { client, server, bytes } = await piped(() => 60);
  const begin = performance.now();
  client.write("one ");
  client.end("two");
  expect(await read(server)).toBe("one two");
  expect(performance.now() - begin).toBeGreaterThanOrEqual(59);
  expect(bytes()).toBe(7);
});

test("a delay that is shortened meanwhile lets nothing overtake", async () => {
  let delay = 80;
  const { client, server } = await piped(() => delay);
  client.setNoDelay(true);
  client.write("early ");
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay = 0;
  client.end("late");
  expect(await read(server)).toBe("early late");
});

test("more than fits under way arrives whole", async () => {
  const { client, server } = await piped(() => 5);
  const size = 20 * 1024 * 1024;
  client.end(Buffer.alloc(size, "x"));
  expect((await read(server)).length).toBe(size);
});
