import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Command, sh } from "../../../src/shell/command.ts";
import { ssh2Transport } from "../../../src/ssh/ssh2-transport.ts";
import type { Connection, Session } from "../../../src/ssh/transport.ts";
import { generateKey, type SshServer, startSshServer } from "../../support/ssh-server.ts";

let host: SshServer;
let bastion: SshServer;
beforeAll(async () => {
  [host, bastion] = await Promise.all([startSshServer(), startSshServer()]);
  for (const server of [host, bastion]) {
    appendFileSync(
      join(bastion.directory, "authorized_keys"),
      readFileSync(`${server.key}.pub`, "utf8"),
    );
  }
  appendFileSync(host.knownHosts, readFileSync(bastion.knownHosts));
});
afterAll(() => Promise.all([host.stop(), bastion.stop()]));

const config = (text: string): void => writeFileSync(join(host.home, ".ssh", "config"), text);
const transport = (agentSocket?: string) =>
  ssh2Transport({ home: host.home, userName: "root", agentSocket });
const here = (more: Partial<Connection> = {}): Connection => ({
  address: "127.0.0.1",
  port: host.port,
  ...more,
});
const says = async (session: Session, command: Command): Promise<string> => {
  const [result] = await session.run([{ command, timeoutMs: 20_000 }]);
  return `${result?.stdout}${result?.stderr}`;
};
const once = async (connection: Connection, command = sh`echo in`, over = transport()) => {
  const session = await over.connect(connection);
  try {
    return await says(session, command);
  } finally {
    await session.close();
  }
};
const logins = (server: SshServer): number =>
  server
    .log()
    .split("\n")
    .filter((line) => line.startsWith("Accepted publickey")).length;

describe("through another sshd", () => {
  test("by ProxyJump, one login there for five hosts", async () => {
    config(
      `Host inner\n HostName 127.0.0.1\n Port ${host.port}\n ProxyJump bastion\nHost bastion\n HostName 127.0.0.1\n Port ${bastion.port}\n`,
    );
    const over = transport();
    const before = logins(bastion);
    const sessions = await Promise.all(
      Array.from({ length: 5 }, () => over.connect({ address: "inner" })),
    );
    const ports = await Promise.all(sessions.map((session) => says(session, sh`echo $SSH_CLIENT`)));
    expect(new Set(ports).size).toBe(5);
    expect(logins(bastion) - before).toBe(1);
    await Promise.all(sessions.map((session) => session.close()));
  });

  test("with a file of 5 MB, whole", async () => {
    config(`Host bastion\n HostName 127.0.0.1\n Port ${bastion.port}\n`);
    const session = await transport().connect(here({ proxyJump: "bastion" }));
    const file = join(host.directory, "big");
    writeFileSync(file, Buffer.alloc(5 * 1024 * 1024, "weft "));
    const step = { command: sh`cksum`, timeoutMs: 20_000 };
    const { stdout } = await session.stream(step, file);
    const [sum, size] = spawnSync("cksum", [file], { encoding: "utf8" }).stdout.split(" ");
    expect(stdout).toBe(`${sum} ${size}\n`);
    await session.close();
  });

  test.each(["SIGKILL", "SIGSTOP"] as const)(
    "that gets %s names it in the error",
    async (signal) => {
      config(`Host bastion\n HostName 127.0.0.1\n Port ${bastion.port}\n`);
      const parent = String(bastion.process.pid);
      const children = () =>
        spawnSync("ps", ["-o", "pid=", "--ppid", parent], { encoding: "utf8" })
          .stdout.split(/\s+/)
          .filter(Boolean);
      const before = children();
      const session = await transport().connect(here({ proxyJump: "bastion", keepaliveMs: 100 }));
      const [own] = children().filter((pid) => !before.includes(pid));
      const lost = says(session, sh`sleep 20`);
      process.kill(Number(own), signal);
      await expect(lost).rejects.toThrow(`(through 127.0.0.1:${bastion.port}): the connection was`);
      if (signal === "SIGSTOP") process.kill(Number(own), "SIGKILL");
      await session.close();
    },
  );

  test("that allows no forwarding is refused with the setting's name", async ({
    onTestFinished,
  }) => {
    const strict = await startSshServer({ config: ["AllowTcpForwarding no"] });
    onTestFinished(() => strict.stop());
    const named = { address: "127.0.0.1", port: strict.port, identityFiles: [strict.key] };
    const over = ssh2Transport({
      home: host.home,
      userName: "root",
      hostNamed: () => ({ ...named, knownHostsFiles: [strict.knownHosts] }),
    });
    await expect(over.connect(here({ proxyJump: "strict" }))).rejects.toMatchObject({
      message: expect.stringContaining(`(through 127.0.0.1:${strict.port}): the jump host`),
      hint: expect.stringContaining("AllowTcpForwarding"),
    });
  });

  test("by a ProxyCommand of ssh -W, with the words of ssh where it fails", async () => {
    const ssh = `ssh -F none -i ${host.key} -o BatchMode=yes -o UserKnownHostsFile=${host.knownHosts} -W %h:%p`;
    const to = `root@127.0.0.1 -p ${bastion.port}`;
    expect(await once(here({ proxyCommand: `${ssh} ${to}` }))).toBe("in\n");
    await expect(
      once(here({ proxyCommand: `${ssh} nobody@127.0.0.1 -p ${bastion.port}` })),
    ).rejects.toThrow(
      /the ProxyCommand `ssh .*` ended with exit status 255, saying "nobody@127\.0\.0\.1: Permission denied/,
    );
  });
});

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === "::1");
test.skipIf(!hasIpv6)("over IPv6, straight and through a jump host", async ({ onTestFinished }) => {
  const six = await startSshServer({ address: "::1" });
  onTestFinished(() => six.stop());
  const connection = {
    address: "::1",
    port: six.port,
    identityFiles: [six.key],
    knownHostsFiles: [six.knownHosts],
  };
  config(`Host bastion\n HostName 127.0.0.1\n Port ${bastion.port}\n`);
  expect(await once(connection)).toBe("in\n");
  expect(await once({ ...connection, proxyJump: "bastion" })).toBe("in\n");
  appendFileSync(join(six.directory, "authorized_keys"), readFileSync(`${host.key}.pub`));
  appendFileSync(host.knownHosts, readFileSync(six.knownHosts));
  expect(await once(here({ proxyJump: `root@[::1]:${six.port}` }))).toBe("in\n");
});

test("a server that knows only what OpenSSH 5.3 had is reached on request", async ({
  onTestFinished,
}) => {
  const old = await startSshServer({
    hostKeys: ["rsa"],
    config: [
      "KexAlgorithms diffie-hellman-group14-sha1",
      "HostKeyAlgorithms ssh-rsa",
      "PubkeyAcceptedAlgorithms +ssh-rsa",
      "Ciphers aes128-cbc",
      "MACs hmac-sha1",
    ],
  });
  onTestFinished(() => old.stop());
  const key = generateKey(join(old.directory, "rsa"), "rsa");
  writeFileSync(join(old.directory, "authorized_keys"), readFileSync(`${key}.pub`));
  const connection = {
    address: "127.0.0.1",
    port: old.port,
    identityFiles: [key],
    knownHostsFiles: [old.knownHosts],
  };
  await expect(once(connection)).rejects.toMatchObject({
    message: expect.stringContaining("no common key exchange algorithm"),
    hint: expect.stringContaining("legacyAlgorithms: true"),
  });
  expect(await once({ ...connection, legacyAlgorithms: true })).toBe("in\n");
});

describe("with an agent", () => {
  let socket: string;
  let stop: () => void;
  beforeAll(async () => {
    socket = join(host.directory, "agent");
    const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    stop = () => void agent.kill();
    // Many keys that the host does not know, and then the right one, which is encrypted.
    for (let count = 0; count < 7; count += 1) generateKey(join(host.directory, `other${count}`));
    const add = (file: string) =>
      spawnSync("ssh-add", ["-q", file], { env: { SSH_AUTH_SOCK: socket } }).status;
    for (let tries = 0; add(host.key) !== 0 && tries < 50; tries += 1) await sleep(50);
    spawnSync("ssh-add", ["-q", "-D"], { env: { SSH_AUTH_SOCK: socket } });
    for (let count = 0; count < 7; count += 1) add(join(host.directory, `other${count}`));
    add(host.key);
  });
  afterAll(() => stop());

  test("is forwarded where that is asked for, and nowhere else", async () => {
    config("");
    const list = sh`ssh-add -l | wc -l`;
    const over = transport(socket);
    const own = { identityFiles: [host.key] };
    expect(await once(here({ ...own, forwardAgent: true }), list, over)).toMatch(/^8\n/);
    expect(await once(here(own), sh`echo "<$SSH_AUTH_SOCK>"`, over)).toBe("<>\n");
    config("Host 127.0.0.1\n ForwardAgent yes\n");
    expect(await once(here(own), sh`ssh-add -l | wc -l`, transport(socket))).toBe("8\n");
    expect(
      await once(
        here({ ...own, forwardAgent: false }),
        sh`echo "<$SSH_AUTH_SOCK>"`,
        transport(socket),
      ),
    ).toBe("<>\n");
    await expect(transport().connect(here({ forwardAgent: true }))).rejects.toThrow(
      "there is no agent to forward",
    );
  });

  test("is not needed where the host takes none, unless the inventory says so", async ({
    onTestFinished,
  }) => {
    const strict = await startSshServer({ config: ["AllowAgentForwarding no"] });
    onTestFinished(() => strict.stop());
    config("ForwardAgent yes\n");
    const connection = {
      address: "127.0.0.1",
      port: strict.port,
      identityFiles: [strict.key],
      knownHostsFiles: [strict.knownHosts],
    };
    expect(await once(connection, sh`echo in`, transport(socket))).toBe("in\n");
    await expect(
      once({ ...connection, forwardAgent: true }, sh`echo in`, transport(socket)),
    ).rejects.toMatchObject({
      message: expect.stringContaining("Unable to request agent forwarding"),
      hint: expect.stringContaining("AllowAgentForwarding"),
    });
  });

  test("offers only the named keys where IdentitiesOnly says so", async () => {
    const away = `${host.key}.away`;
    renameSync(host.key, away);
    try {
      config("");
      await expect(once(here(), sh`echo in`, transport(socket))).rejects.toThrow("too many tries");
      config(`IdentitiesOnly yes\nIdentityFile ${host.key}.pub\n`);
      expect(await once(here(), sh`echo in`, transport(socket))).toBe("in\n");
      config(`IdentitiesOnly yes\nIdentityFile ${host.key}\n`);
      expect(await once(here(), sh`echo in`, transport(socket))).toBe("in\n");
    } finally {
      renameSync(away, host.key);
    }
  });

  test("asks for no passphrase of a key that it holds", async () => {
    const key = generateKey(join(host.directory, "locked"), "ed25519", "open sesame");
    const open = join(host.directory, "open");
    writeFileSync(open, readFileSync(key), { mode: 0o600 });
    spawnSync("ssh-keygen", ["-q", "-p", "-P", "open sesame", "-N", "", "-f", open]);
    const asked: string[] = [];
    const over = ssh2Transport({
      home: host.home,
      userName: "root",
      agentSocket: socket,
      askPassphrase: async (file) => {
        asked.push(file);
        return undefined;
      },
    });
    const hosts = [{ name: "web", connection: here({ identityFiles: [key] }) }];
    await over.prepare(hosts, "hosts");
    expect(asked).toEqual([key]);
    spawnSync("ssh-add", ["-q", open], { env: { SSH_AUTH_SOCK: socket } });
    await over.prepare(hosts, "hosts");
    expect(asked).toEqual([key]);
  });
});

test("a host is known by its HostKeyAlias", async () => {
  const file = join(host.directory, "by_alias");
  const [, type, key] = readFileSync(host.knownHosts, "utf8").split("\n")[0]?.split(" ") ?? [];
  writeFileSync(file, `web-1 ${type} ${key}\n`);
  config(`HostKeyAlias web-1\nUserKnownHostsFile ${file}\n`);
  expect(await once(here())).toBe("in\n");
  config(`UserKnownHostsFile ${file}\n`);
  await expect(once(here())).rejects.toThrow("the host's key is not known");
});

test("the algorithms that ~/.ssh/config leaves are offered, and no others", async () => {
  config("Ciphers aes256-ctr\nMACs hmac-sha2-512\nKexAlgorithms ecdh-sha2-nistp384\n");
  expect(await once(here())).toBe("in\n");
  config("HostKeyAlgorithms rsa-sha2-512\n");
  await expect(once(here())).rejects.toThrow("no common host key format");
  config("Ciphers chacha20-poly1305@openssh.com\n");
  await expect(once(here())).rejects.toThrow("weft knows none of the algorithms");
});
