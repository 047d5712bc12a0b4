import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scratch } from "../../support/scratch.ts";
import { startSshServer } from "../../support/ssh-server.ts";
import { weft } from "../../support/weft-cli.ts";

const files = scratch();
const contract = fileURLToPath(new URL("../../../inventory/contract.ts", import.meta.url));
let connections = 0;
let server: Server;
let port = 0;

// Whoever connects is counted: bad input must be found before any host is touched.
beforeAll(async () => {
  server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (typeof address === "object" && address !== null) port = address.port;
});

afterAll(() => {
  server.close();
  files.remove();
});

const playbook = files.write(
  "play.ts",
  `import { playbook, sh, task } from "weft";
import { contract } from ${JSON.stringify(contract)};
const nothing = task({ title: "nothing", probe: { command: sh\`true\`, parse: () => 0 }, plan: () => [] });
export default playbook(contract, [{ name: "play", hosts: "mesh", tasks: () => [nothing] }]);
`,
);

let count = 0;
const inventory = (options: {
  groups?: string;
  connection?: string;
  member?: string;
  port?: number;
}) => {
  count += 1;
  const member = options.member ?? `one: { underlay: { address: "192.0.2.1" } }`;
  return files.write(
    `inventory-${count}.ts`,
    `import { inventory, secret } from "weft";
import { contract } from ${JSON.stringify(contract)};
export default inventory(contract, {
  hosts: { one: { address: "127.0.0.1", port: ${options.port ?? port}, agent: false, ${options.connection ?? ""} } },
  groups: ${options.groups ?? `{ mesh: { ${member} } }`} as never,
});
`,
  );
};

const container = (nic: string, more = "") =>
  `one: { underlay: { address: "192.0.2.1" }, containers: [
    { name: "box1", image: "x", nics: [{ name: "eth0", address: ${JSON.stringify(nic)} }] ${more} },
  ] }`;

const refused = async (
  args: readonly string[],
  message: string | RegExp,
  env: Readonly<Record<string, string>> = {},
) => {
  const before = connections;
  const result = await weft(["run", ...args], { env });
  expect(result.stderr).toMatch(message);
  expect(result.code).toBe(1);
  expect(result.stderr).not.toMatch(/^\s+at /m);
  expect(result.stdout).toBe("");
  expect(connections).toBe(before);
  return result;
};

describe("bad input gets one clear error, exit 1, no stack, and touches no host", () => {
  it("unknown group", async () => {
    await refused(
      [playbook, "-i", inventory({ groups: "{ mehs: {} }" })],
      /unknown group "mehs"\. Did you mean "mesh"\?/,
    );
  });

  it("bad CIDR", async () => {
    await refused(
      [playbook, "-i", inventory({ member: container("10.1.2.300/24") })],
      /host one, mesh\.containers\.0\.nics\.0\.address: expected an IPv4 address with its prefix/,
    );
  });

  it("duplicate address", async () => {
    const twice = container("10.1.2.3/24").replace(
      "] }",
      `{ name: "box2", image: "x", nics: [{ name: "eth0", address: "10.1.2.3/24" }] } ] }`,
    );
    await refused(
      [playbook, "-i", inventory({ member: twice.replace("},\n  {", "},{") })],
      /duplicate address 10\.1\.2\.3/,
    );
  });

  it("missing image archive", async () => {
    await refused(
      [playbook, "-i", inventory({ member: container("dhcp", ', archive: "/nowhere/image.tar"') })],
      /host one, mesh\.containers\.0\.archive: no such file: \/nowhere\/image\.tar/,
    );
  });

  it("misspelt variable", async () => {
    await refused(
      [
        playbook,
        "-i",
        inventory({ member: 'one: { underlay: { address: "192.0.2.1", mut: 9 } }' }),
      ],
      /mesh\.underlay\.mut: unknown variable\. Did you mean "mtu"\?/,
    );
  });

  it("playbook with a syntax error", async () => {
    const broken = files.write("broken.ts", "export default playbook(contract, [\n  { name: ]\n");
    await refused([broken, "-i", inventory({})], /broken\.ts cannot be loaded: .*(:2:|2:)/s);
  });

  it("playbook that throws", async () => {
    const thrower = files.write("thrower.ts", 'throw new Error("no luck");\n');
    await refused([thrower, "-i", inventory({})], /thrower\.ts cannot be loaded: no luck/);
  });

  it("inventory that exports nothing", async () => {
    const empty = files.write("empty.ts", "export {};\n");
    await refused([playbook, "-i", empty], /empty\.ts exports no inventory/);
  });

  it("misspelt file", async () => {
    await refused(["playbooks/mehs.ts"], /no such file\. Did you mean "playbooks\/mesh\.ts"\?/);
  });

  it("misspelt flag", async () => {
    await refused([playbook, "--chekc"], /unknown argument --chekc\. Did you mean "--check"\?/);
  });

  it.each([
    ["--limit", "one"],
    ["--junit", "report.xml"],
    ["--facts-cache", "1h"],
  ])("%s twice", async (flag, value) => {
    const result = await weft(["run", playbook, flag, value, flag, value]);
    expect(result.stderr).toBe(`error: ${flag} is given 2 times, and takes one value\n`);
    expect(result.code).toBe(1);
  });

  it("misspelt flag of the playbook, or a value that it does not take", async () => {
    const teardown = "playbooks/teardown.ts";
    await refused(
      [teardown, "--keep-package"],
      /unknown argument --keep-package\. Did you mean "--keep-packages"\?/,
    );
    await refused([teardown, "--keep-packages=maybe"], /--keep-packages maybe: .*boolean/);
    await refused([playbook, "--keep-packages"], /unknown argument --keep-packages/);
  });

  it("a limit that names nobody", async () => {
    await refused([playbook, "-i", inventory({}), "--limit", "onne"], /Did you mean "one"\?/);
  });

  it("a key file that is not there", async () => {
    await refused(
      [playbook, "-i", inventory({ connection: 'identityFiles: ["/nowhere/id"]' })],
      /host one: .*\/nowhere\/id/,
    );
  });

  it("a key file that is no key", async () => {
    const garbage = files.write("garbage", "this is no key\n");
    await refused(
      [playbook, "-i", inventory({ connection: `identityFiles: [${JSON.stringify(garbage)}]` })],
      /host one: .*garbage/,
    );
  });

  it("an encrypted key without its passphrase", async () => {
    const key = join(files.folder, "encrypted");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "open sesame", "-f", key]);
    const result = await refused(
      [playbook, "-i", inventory({ connection: `identityFiles: [${JSON.stringify(key)}]` })],
      /host one: .*encrypted/,
    );
    expect(result.stderr).toMatch(/passphrase/);
  });

  it("the lab's inventory without a lab", async () => {
    const { stderr } = await refused(
      ["playbooks/mesh.ts"],
      'error: inventory/lab.ts: no lab is up in /nowhere\n\nTry: "weft lab up" starts',
      { WEFT_LAB_DIR: "/nowhere" },
    );
    expect(stderr.trim().split("\n")).toHaveLength(3);
  });

  it("shows a stack with -vv", async () => {
    const thrower = files.write("thrower2.ts", 'throw new Error("no luck");\n');
    const result = await weft(["run", thrower, "-i", inventory({}), "-vv"]);
    expect(result.stderr).toMatch(/^\s+at /m);
  });
});

describe("a host that cannot be reached", () => {
  it("is exit 4, with what was tried", async () => {
    const result = await weft(["run", playbook, "-i", inventory({})]);
    expect(result.code).toBe(4);
    expect(result.stdout).toMatch(/one/);
    expect(result.stdout).toMatch(/127\.0\.0\.1/);
  });

  it("is told how to start it where it is the lab's", async () => {
    files.write("lab/lab.json", JSON.stringify({ loopback: "127.0.0", sshPort: 1 }));
    files.write("lab/images/busybox.tar", "");
    files.write("lab/ssh/known_hosts", "");
    const key = join(files.folder, "lab/ssh/id_ed25519");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    const env = { WEFT_LAB_DIR: join(files.folder, "lab") };
    const result = await weft(["run", "playbooks/mesh.ts"], { env });
    expect(result.code).toBe(4);
    expect(result.stdout).toMatch(/127\.0\.0\.105:1: connection refused/);
    expect(result.stdout).toMatch(/Try: .*\n.*"weft lab up" starts the lab's hosts/);
  });

  it("shows a wrong key: exit 4, refused before any login, no stack", async () => {
    const sshd = await startSshServer();
    try {
      const other = join(files.folder, "other-host-key");
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", other]);
      const known = files.write(
        "known_hosts",
        `[127.0.0.1]:${sshd.port} ${readFileSync(`${other}.pub`, "utf8")}`,
      );
      const wrong = inventory({
        connection: `identityFiles: [${JSON.stringify(sshd.key)}], knownHostsFiles: [${JSON.stringify(known)}]`,
        port: sshd.port,
      });
      const result = await weft(["run", playbook, "-i", wrong, "--accept-new-host-keys"]);
      expect(result.code).toBe(4);
      expect(result.stdout).toMatch(/KEY HAS CHANGED/);
      expect(result.stdout).toMatch(/known_hosts/);
      expect(`${result.stdout}${result.stderr}`).not.toMatch(/^\s+at /m);
      expect(sshd.log()).not.toMatch(/Accepted/);
    } finally {
      await sshd.stop();
    }
  });
});
