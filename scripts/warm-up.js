// Runs the bundle as far as a run goes without a host that does something, and keeps what V8 compiled meanwhile.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { ed25519Key } from "./ed25519-key.js";
import { oneHost } from "./one-host.js";

/** Milliseconds for a run; they take two at most. */
const PATIENCE_MS = 60_000;

/** An SSH server that lets everybody in and does nothing for them. */
const openServer = async () => {
  const server = new ssh2.Server({ hostKeys: [ed25519Key()] }, (client) => {
    client.on("error", () => {});
    client.on("authentication", (login) =>
      login.method === "publickey" ? login.accept() : login.reject(["publickey"]),
    );
    client.on("session", (accept) =>
      accept().on("exec", (take) => {
        const channel = take();
        channel.exit(1);
        channel.end();
      }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
};

/**
 * Writes dist/cli.cjs.v8.
 *
 * @param root weft's folder
 */
export const warmUp = async (root) => {
  // Nothing of the user's is read or written.
  const home = mkdtempSync(join(tmpdir(), "weft-build-"));
  mkdirSync(join(home, ".ssh"));
  writeFileSync(join(home, ".ssh/id_ed25519"), ed25519Key(), { mode: 0o600 });
  const server = await openServer();
  const { port } = server.address();
  const inventory = join(home, "one.ts");
  writeFileSync(inventory, oneHost(root, port));
  const run = async (more) => {
    const args = [
      "bin/weft.js",
      "run",
      "playbooks/mesh.ts",
      "-i",
      inventory,
      "--accept-new-host-keys",
    ];
    const env = { PATH: process.env.PATH, HOME: home, ...more };
    await once(
      spawn(process.execPath, args, { cwd: root, env, stdio: "ignore", timeout: PATIENCE_MS }),
      "exit",
    );
  };
  try {
    // The first one translates the playbook, which is no part of other starts.
    await run({});
    await run({ WEFT_WRITE_CODE_CACHE: "1" });
  } finally {
    server.close();
    rmSync(home, { recursive: true });
  }
};
