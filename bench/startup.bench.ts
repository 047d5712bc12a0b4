// How long weft takes to start, beside node itself: `weft --version`, and `weft run` until the
// first byte that it sends to an SSH server.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { oneHost } from "../scripts/one-host.js";
import { child } from "./child.ts";
import { compare } from "./sample.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const weft = join(root, "bin/weft.js");
const folder = mkdtempSync(join(tmpdir(), "weft-bench-"));

const server = createServer();
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;

// The mesh's own contract and playbook, with one host: as much TypeScript as a real run loads.
const inventory = join(folder, "one.ts");
writeFileSync(inventory, oneHost(root, port));

const firstByte = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const args = [weft, "run", join(root, "playbooks/mesh.ts"), "-i", inventory];
    const process = spawn("node", args, { stdio: "ignore" });
    process.on("error", reject);
    server.once("connection", (socket) => {
      socket.on("error", () => {});
      socket.once("data", () => {
        const ms = performance.now() - began;
        process.once("exit", () => resolve(ms));
        process.kill("SIGKILL");
        socket.destroy();
      });
    });
  });

try {
  await compare(
    [
      { name: "node -e 0", once: async () => (await child("node", ["-e", "0"])).ms },
      { name: "weft --version", once: async () => (await child("node", [weft, "--version"])).ms },
      { name: "weft run, to its first SSH byte", once: firstByte },
    ],
    { rounds: 15 },
  );
} finally {
  server.close();
  rmSync(folder, { recursive: true });
}
