import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SshConfig } from "../../../src/ssh/ssh-config.ts";
import { resolveTarget } from "../../../src/ssh/target.ts";
import type { Connection } from "../../../src/ssh/transport.ts";

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "weft-ssh-config-"));
  mkdirSync(join(home, ".ssh"));
});
afterAll(() => rmSync(home, { recursive: true }));

const userName = userInfo().username;
const user = () => ({ home, userName, agentSocket: "/run/agent" });

const write = (text: string, name = "config"): string => {
  const file = join(home, ".ssh", name);
  writeFileSync(file, text);
  return file;
};
const resolve = (text: string, connection: Connection) =>
  resolveTarget(connection, new SshConfig(write(text), user()), user());

/** What OpenSSH says of a host: keyword and values, in the order of its output. */
const openssh = (file: string, host: string, login?: string): ReadonlyMap<string, string[]> => {
  const args = ["-G", "-F", file, ...(login === undefined ? [] : ["-l", login]), host];
  const said = new Map<string, string[]>();
  for (const line of execFileSync("ssh", args, { encoding: "utf8", stdio: "pipe" }).split("\n")) {
    const [, keyword = "", value = ""] = /^(\S+) (.*)$/.exec(line) ?? [];
    said.set(keyword, [...(said.get(keyword) ?? []), value]);
  }
  return said;
};

const WAY = (target: ReturnType<typeof resolve>): string => {
  if (target.route.kind === "command") return target.route.command;
  if (target.route.kind === "direct") return "none";
  const { address, port, user: login, proxyJump } = target.route.through;
  const last = `${login === undefined ? "" : `${login}@`}${address.includes(":") ? `[${address}]` : address}${port === undefined ? "" : `:${port}`}`;
  return proxyJump === undefined ? last : `${proxyJump},${last}`;
};

describe("settles a host as ssh -G does", () => {
  const HOP = "Host far\n ProxyJump ";
  test.each<readonly [what: string, text: string, host: string, login?: string]>([
    ["first value wins", "Host web\n Port 1\nHost *\n Port 2\n User all", "web"],
    ["values before any block", "Port 9\nHost web\n Port 1", "web"],
    ["no block matches", "Host other\n Port 1", "web"],
    ["patterns", "Host w?b*.example\n Port 5", "web-1.example"],
    ["a pattern is for the whole name", "Host eb\n Port 5", "web"],
    ["a negated pattern", "Host * !web\n Port 5\nHost *\n User x", "web"],
    ["a negated pattern alone", "Host !web\n Port 5", "other"],
    ["several patterns", 'Host a "web" b\n Port 5', "web"],
    ["case of names", "Host WEB\n Port 5\nHost *\n Port 6", "web"],
    ["case of keywords", "hOST web\n pORT 5\n uSER x", "web"],
    ["equals signs", "Host=web\n Port = 5\n User=x", "web"],
    ["comments and quotes", '# c\nHost web # d\n User "a b" # e\n  # f\n Port 5', "web"],
    ["tabs and carriage returns", "Host web\r\n\tPort\t5\r\n", "web"],
    ["HostName", "Host web\n HostName 192.0.2.1", "web"],
    ["HostName with tokens", "Host web\n HostName %h.example.org", "web"],
    ["IPv6", "Host 2001:db8::1\n Port 5", "2001:db8::1"],
    [
      "key files add up",
      "Host web\n IdentityFile ~/a\nHost *\n IdentityFile /b\n IdentityFile ~/a",
      "web",
    ],
    ["key files with spaces", 'IdentityFile "/a b/c"', "web"],
    ["Match all", "Match all\n Port 5", "web"],
    ["Match host", "Match host web,db\n Port 5", "web"],
    [
      "Match host, several criteria",
      "Match host w* user root\n Port 5\nMatch host w* user x\n Port 6",
      "web",
      "x",
    ],
    ["Match with a negation", "Match !host web\n Port 5\nMatch host *,!db\n Port 6", "web"],
    ["Match host sees HostName", "Host web\n HostName real\nMatch host real\n Port 5", "web"],
    ["Match host before HostName", "Match host real\n Port 5\nHost web\n HostName real", "web"],
    ["Match originalhost", "HostName real\nMatch originalhost web\n Port 5", "web"],
    ["Match user sees User", "User x\nMatch user x\n Port 5", "web"],
    ["Match user sees the login", "User x\nMatch user y\n Port 5", "web", "y"],
    ["Match localuser", `Match localuser ${userName}\n Port 5`, "web"],
    ["Match final", "Match final\n Port 5\nHost web\n HostName real", "web"],
    ["Match final host", "Host web\n HostName real\nMatch final host real\n Port 5", "web"],
    [
      "Host in the final pass",
      "Match final\n User z\nHost real\n Port 5\nHost web\n HostName real",
      "web",
    ],
    ["ProxyJump", `${HOP}bastion`, "far"],
    ["ProxyJump in full", `${HOP}me@bastion:2222`, "far"],
    ["ProxyJump over IPv6", `${HOP}me@[2001:db8::1]:2222`, "far"],
    ["ProxyJump over several", `${HOP}a,me@b:22,c`, "far"],
    ["ProxyJump as an address", `${HOP}ssh://me@bastion:2222`, "far"],
    ["ProxyJump none first", "Host far\n ProxyJump none\nHost *\n ProxyJump b", "far"],
    ["ProxyJump before ProxyCommand", "ProxyJump b\nProxyCommand nc a b", "far"],
    ["ProxyCommand before ProxyJump", "ProxyCommand nc a b\nProxyJump b", "far"],
    ["ProxyCommand with quotes", `ProxyCommand sh -c 'exec  nc "a" b' # c`, "far"],
    ["ProxyCommand with an equals sign", "ProxyCommand=ssh -o A=b -W x bastion", "far"],
    [
      "known hosts",
      "UserKnownHostsFile /a /b\nUserKnownHostsFile /c\nGlobalKnownHostsFile /d",
      "web",
    ],
    ["times", "ConnectTimeout 7\nServerAliveInterval 1m", "web"],
    ["checks", "StrictHostKeyChecking accept-new\nIdentitiesOnly yes\nHostKeyAlias other", "web"],
    [
      "unknown keywords that are to be ignored",
      "IgnoreUnknown Fancy*\nFancyThing x\nPort 5",
      "web",
    ],
    ["IgnoreUnknown in another case", "IgnoreUnknown fancy*\nFancyThing x\nPort 5", "web"],
    [
      "IgnoreUnknown that matches known keywords",
      "IgnoreUnknown *\nHost web\n HostName 192.0.2.1\n User x\n Port 5\n IdentityFile2 /a\n ProxyJump b\n UserKnownHostsFile /k\n GlobalKnownHostsFile /d\n Fancy x",
      "web",
    ],
    ["keywords without a meaning here", "Compression yes\nSendEnv LANG LC_*\nPort 5", "web"],
  ])("%s", (_what, text = "", host = "", login) => {
    const target = resolve(text, { address: host, ...(login && { user: login }) });
    const said = openssh(join(home, ".ssh", "config"), host, login);
    const first = (keyword: string) => said.get(keyword)?.[0] ?? "";
    expect(target.address.toLowerCase()).toBe(first("hostname"));
    expect(String(target.port)).toBe(first("port"));
    expect(target.user).toBe(first("user"));
    const files = (target.identityFiles ?? []).map((file) => file.replace(home, "~"));
    const theirs = said.get("identityfile") ?? [];
    expect(files).toEqual(theirs[0] === "~/.ssh/id_rsa" ? [] : theirs);
    const command = first("proxycommand") || "none";
    expect(WAY(target).replace("ssh://", "")).toBe(first("proxyjump") || command);
    if (/KnownHostsFile/.test(text)) {
      expect(target.knownHostsFiles.join(" ")).toBe(
        `${first("userknownhostsfile")} ${first("globalknownhostsfile")}`,
      );
    }
    expect(target.hostKeyAlias ?? "").toBe(first("hostkeyalias"));
    expect(target.identitiesOnly ? "yes" : "no").toBe(first("identitiesonly"));
    expect(target.acceptNew).toBe(first("stricthostkeychecking") === "accept-new");
    if (/ConnectTimeout/.test(text)) {
      expect(String(target.connectTimeoutMs / 1000)).toBe(first("connecttimeout"));
      expect(String(target.keepaliveMs / 1000)).toBe(first("serveraliveinterval"));
    }
  });

  test("with files that are included, in blocks and with wildcards", () => {
    mkdirSync(join(home, ".ssh", "conf.d"), { recursive: true });
    write("Host *\n User one", "conf.d/1");
    write("User two\nHost db\n Port 7\n", "conf.d/2");
    const all = `Include ${join(home, ".ssh")}/conf.d/*`;
    for (const text of [
      all,
      `${all}-none ${all.slice(8)}`,
      `Host db\n ${all}\nPort 3`,
      `Host no\n ${all}\nHost *\n Port 4`,
    ]) {
      for (const host of ["db", "web"]) {
        const target = resolve(text, { address: host });
        const said = openssh(join(home, ".ssh", "config"), host);
        expect([target.user, String(target.port)]).toEqual([
          said.get("user")?.[0],
          said.get("port")?.[0],
        ]);
      }
    }
  });
});

test("paths in Include are below ~/.ssh", () => {
  write("Port 7", "more");
  expect(resolve("Include more", { address: "web" }).port).toBe(7);
  expect(resolve("Include ~/.ssh/more", { address: "web" }).port).toBe(7);
});

test("what the inventory says wins, and defaults come last", () => {
  const text =
    "User c\nPort 5\nIdentityFile /c\nUserKnownHostsFile /k\nStrictHostKeyChecking no\nProxyJump b\nConnectTimeout 3\nIdentityAgent none";
  expect(
    resolve(text, {
      address: "web",
      user: "i",
      port: 6,
      identityFiles: ["~/i"],
      knownHostsFiles: ["/i"],
      acceptNewHostKeys: false,
      proxyJump: "none",
      connectTimeoutMs: 1,
      agent: "/agent",
    }),
  ).toMatchObject({
    user: "i",
    port: 6,
    identityFiles: [join(home, "i")],
    knownHostsFiles: ["/i"],
    acceptNew: false,
    route: { kind: "direct" },
    connectTimeoutMs: 1,
    agentSocket: "/agent",
  });
  expect(resolve(text, { address: "web" })).toMatchObject({
    user: "c",
    acceptNew: true,
    route: { kind: "jump", through: { address: "b" } },
    connectTimeoutMs: 3_000,
    agentSocket: undefined,
    keepaliveMs: 5_000,
  });
});

test("replaces tokens in paths and commands", () => {
  const { identityFiles, knownHostsFiles, route } = resolve(
    "HostName real.%h\nPort 5\nUser you\nHostKeyAlias k\nIdentityFile %d/%h-%p-%r-%u-%n-%k-%%\nUserKnownHostsFile ~/%h %d/x\nProxyCommand nc %h %p %r %n %%",
    { address: "web" },
  );
  expect(identityFiles).toEqual([`${home}/real.web-5-you-${userName}-web-k-%`]);
  expect(knownHostsFiles.slice(0, 2)).toEqual([`${home}/real.web`, `${home}/x`]);
  expect(route).toEqual({ kind: "command", command: "nc real.web 5 you web %" });
});

test("a value that a shell would take apart gets into no ProxyCommand", () => {
  const connection = { address: "web", user: "x; touch /tmp/y" };
  expect(() => resolve("ProxyCommand nc %h %p", connection)).not.toThrow();
  expect(() => resolve("ProxyCommand nc %h %p %r", connection)).toThrow(
    'ProxyCommand: %r would be "x; touch /tmp/y"',
  );
  expect(() => resolve("ProxyCommand nc %h", { address: "-oProxyCommand=x" })).toThrow("%h would");
  expect(() => resolve("ProxyCommand nc '%h'", { address: "a'b" })).toThrow("%h would");
});

describe("refuses, with file and line,", () => {
  test.each([
    ["CanonicalizeHostname yes", "config:2: CanonicalizeHostname is not supported"],
    ["CertificateFile ~/.ssh/x-cert.pub", "config:2: CertificateFile is not supported"],
    ["BindAddress 192.0.2.1", "config:2: BindAddress is not supported"],
    ["ProxyJmp bastion", 'config:2: unknown keyword ProxyJmp. Did you mean "proxyjump"?'],
    ["Match exec true\n Port 5", "config:2: Match exec is not supported"],
    ["Match all\n Port 0", "config:3: Port 0: expected a number from 1 to 65535"],
    ["Port a", "config:2: Port a: expected a number"],
    ["IdentitiesOnly perhaps", "config:2: IdentitiesOnly perhaps: expected yes or no"],
    ["User", "config:2: User: the argument is missing"],
    ["User a b", "config:2: User a b: expected one argument"],
    ['User "a', "config:2: User: a quote is not closed"],
    ["IdentityFile %q", "config:2: the token %q is not known here"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as ssh_config has it
    ["IdentityFile ${HOME}/x", "weft reads no environment here"],
    ["ConnectTimeout soon", "config:2: ConnectTimeout soon: expected a time"],
    ["ProxyJump a b", 'config:2: "a b" is no jump host'],
    ["StrictHostKeyChecking perhaps", "expected one of yes, "],
  ])("%s", (line, message) => {
    expect(() => resolve(`# first\n${line}`, { address: "web" })).toThrow(message);
  });

  test("nothing of it that IgnoreUnknown names", () => {
    const text = "IgnoreUnknown bind*,PKCS*\nBindAddress 192.0.2.1\nPKCS11Provider /x\nPort 5";
    expect(resolve(text, { address: "web" }).port).toBe(5);
  });

  test("nothing of it where its block does not apply, or an earlier value counts", () => {
    const text = "CanonicalizeHostname no\nHost other\n CanonicalizeHostname always\n BadWord x\n";
    expect(resolve(text, { address: "web" }).port).toBe(22);
    const exec = "Match host other exec false\n Port 5";
    expect(resolve(exec, { address: "web" }).port).toBe(22);
  });
});

test("a file that others may write is not trusted", () => {
  const file = write("Port 5");
  chmodSync(file, 0o666);
  expect(() => resolveTarget({ address: "a" }, new SshConfig(file, user()), user())).toThrow(
    `${file} can be written by others`,
  );
  chmodSync(file, 0o600);
});

test("a missing file says nothing", () => {
  const config = new SshConfig(join(home, "none", "config"), user());
  expect(resolveTarget({ address: "web" }, config, user())).toMatchObject({
    address: "web",
    port: 22,
    user: userName,
    route: { kind: "direct" },
    identityFiles: undefined,
    agentSocket: "/run/agent",
    acceptNew: false,
  });
});
