import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { writeFiles } from "../../support/ansible-files.ts";
import { weft } from "../../support/weft-cli.ts";

const contract = fileURLToPath(new URL("../../../inventory/contract.ts", import.meta.url));

const files = writeFiles({
  "prod/hosts": `
mail
[web]
web[01:02].example.com ansible_user=deploy
[web:vars]
http_port=80
[prod:children]
web
`,
  "prod/group_vars/web.yml": "http_port: 8080\n",
  "prod/host_vars/web01.example.com.yml": "ansible_password: hunter2\n",
  "more.yml": "db:\n  hosts:\n    db1: {ansible_host: 192.0.2.9, ansible_port: 2222}\n",
  dynamic: `#!/bin/sh\necho '{"dyn": {"hosts": ["d1"]}, "_meta": {"hostvars": {"d1": {"n": [1]}}}}'\n`,
  "vault.yml":
    "all:\n  hosts:\n    a:\n      pw: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        61\n",
  "mesh.ini": `
[mesh]
one underlay="{'address': '192.0.2.1'}" ansible_host=127.0.0.1 ansible_port=1
two underlay="{'address': '192.0.2.2', 'mut': 9}"
[lab]
localhost ansible_connection=local
`,
  "good.ini": `
[mesh]
one underlay="{'address': '192.0.2.1'}" ansible_host=127.0.0.1 ansible_port=1 vni=7
[lab]
localhost ansible_connection=local
`,
  "none.ini": "alone\n",
  "secrets.ts": `import { defineContract, inventory, secret } from "weft";
import * as z from "zod";
const contract = defineContract({ web: z.object({ url: z.string(), pin: z.number() }) });
export default inventory(contract, {
  hosts: {
    one: {
      address: "192.0.2.1",
      password: secret("hunter'22"),
      passphrase: secret("271828"),
      proxyCommand: "sshpass -p hunter'22 ssh -W %h:%p b",
    },
  },
  groups: { web: { one: { url: "http://u:hunter'22@x/", pin: 271828 } } },
});
`,
  "refused.ini": "one ansible_password=hunter22 ansible_ssh_common_args='-F hunter22'\n",
  retry: "web02.example.com\n\n",
  "play.ts": `import { playbook, sh, task } from "weft";
import { contract } from ${JSON.stringify(contract)};
const nothing = (vni: number) =>
  task({ title: "vni " + vni, probe: { command: sh\`true\`, parse: () => 0 }, plan: () => [] });
export default playbook(contract, [
  { name: "play", hosts: "mesh", tasks: ({ vars }) => { if (vars.vni === 9) throw new Error("nine"); return [nothing(vars.vni)]; } },
]);
`,
});
const path = (name: string) => join(files.folder, name);
afterAll(files.remove);

const json = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
  const result = await weft(["inventory", ...args]);
  expect(result.stderr).toBe("");
  expect(result.code).toBe(0);
  return JSON.parse(result.stdout) as Record<string, unknown>;
};

const refused = async (args: readonly string[], message: string | RegExp) => {
  const result = await weft(args);
  expect(result.stderr).toMatch(message);
  expect(result.stderr).not.toMatch(/^\s+at /m);
  expect(result.stdout).toBe("");
  expect(result.code).toBe(1);
};

describe("weft inventory", () => {
  it("--list prints what Ansible's inventory scripts print", async () => {
    expect(await json("-i", path("prod"), "--list", "--show-secrets")).toEqual({
      _meta: {
        hostvars: {
          "web01.example.com": {
            ansible_user: "deploy",
            ansible_password: "hunter2",
            http_port: 8080,
          },
          "web02.example.com": { ansible_user: "deploy", http_port: 8080 },
        },
      },
      all: { children: ["ungrouped", "prod"] },
      prod: { children: ["web"] },
      ungrouped: { hosts: ["mail"] },
      web: { hosts: ["web01.example.com", "web02.example.com"] },
    });
  });

  it("masks passwords unless asked", async () => {
    const result = await weft(["inventory", "-i", path("prod"), "--list"]);
    expect(result.stdout).not.toMatch(/hunter2/);
    expect(result.stdout).toMatch(/"ansible_password": "\*+"/);
  });

  it.each([["--list"], ["--host", "one"]])(
    "%s masks secrets inside other values",
    async (...form) => {
      const inventory = ["-i", path("secrets.ts"), ...form];
      const shown = JSON.stringify(await json(...inventory));
      expect(shown).not.toMatch(/hunter|22 ssh|271828/);
      expect(shown).toContain('"url":"http://u:********@x/"');
      expect(shown).toContain("sshpass -p ******** ssh -W %h:%p b");
      expect(shown).toContain('"pin":"********"');
      const plain = JSON.stringify(await json(...inventory, "--show-secrets"));
      expect(plain).toContain('"url":"http://u:hunter\'22@x/"');
      expect(plain).toContain('"pin":271828');
    },
  );

  it("masks secrets in what it warns of", async () => {
    const { stderr } = await weft(["inventory", "-i", path("refused.ini"), "--host", "one"]);
    expect(stderr).toMatch(/^warning: .*cannot honour: -F \*{8}$/m);
    expect(stderr).not.toContain("hunter22");
  });

  it("--graph draws several inventories as one", async () => {
    const result = await weft([
      "inventory",
      "-i",
      path("prod/hosts"),
      "-i",
      path("more.yml"),
      "-i",
      path("dynamic"),
      "--graph",
    ]);
    expect(result.stdout).toBe(`@all:
  |--@ungrouped:
  |  |--mail
  |--@prod:
  |  |--@web:
  |  |  |--web01.example.com
  |  |  |--web02.example.com
  |--@db:
  |  |--db1
  |--@dyn:
  |  |--d1
`);
  });

  it("--host shows a host's variables and its connection", async () => {
    expect(await json("-i", path("more.yml"), "--host", "db1", "-e", "ansible_user=root")).toEqual({
      vars: { ansible_host: "192.0.2.9", ansible_port: 2222, ansible_user: "root" },
      connection: {
        hostname: "192.0.2.9",
        port: 2222,
        user: "root",
        identityFiles: [],
        proxyJump: null,
        proxyCommand: null,
        become: null,
      },
    });
  });

  it("--host knows ~/.ssh/config and jump hosts", async () => {
    const home = writeFiles({
      ".ssh/config":
        "Host db1\n HostName 192.0.2.7\n User conf\n IdentityFile ~/.ssh/k\n ProxyJump me@gate:2200\nHost mail\n ProxyCommand nc %h %p\n",
    });
    const connectionOf = async (...args: readonly string[]) => {
      const result = await weft(["inventory", ...args], { env: { HOME: home.folder } });
      expect(result.stderr).toBe("");
      return (JSON.parse(result.stdout) as { connection: unknown }).connection;
    };
    expect(await connectionOf("-i", "db1,", "--host", "db1")).toEqual({
      hostname: "192.0.2.7",
      port: 22,
      user: "conf",
      identityFiles: [join(home.folder, ".ssh/k")],
      proxyJump: "me@gate:2200",
      proxyCommand: null,
      become: null,
    });
    expect(await connectionOf("-i", path("prod"), "--host", "mail")).toMatchObject({
      hostname: "mail",
      proxyJump: null,
      proxyCommand: "nc mail 22",
    });
    const common = "ansible_ssh_common_args='-J a,b'";
    expect(await connectionOf("-i", path("prod"), "--host", "mail", "-e", common)).toMatchObject({
      proxyJump: "a,b",
      proxyCommand: null,
      become: null,
    });
    home.remove();
  });

  it.each([
    ["web:!web01*", "web02.example.com"],
    [`@${path("retry")}`, "web02.example.com"],
    ["~web0[12]", "web01.example.com web02.example.com"],
    ["prod[0:0],mail", "mail web01.example.com"],
  ])("--limit %s", async (limit, hosts) => {
    const result = await weft(["inventory", "-i", path("prod"), "--graph", "--limit", limit]);
    const shown = [...result.stdout.matchAll(/--([^@].*)$/gm)].map((found) => found[1]);
    expect(shown.join(" ")).toBe(hosts);
  });

  it("shows typed inventories in the same form, which can be read again", async () => {
    const listed = await json("--list");
    expect(listed.mesh).toEqual({ hosts: ["lab-1", "lab-2", "lab-3"] });
    const again = writeFiles({
      script: `#!/bin/sh\ncat <<'EOF'\n${JSON.stringify(listed)}\nEOF\n`,
    });
    expect(await json("-i", join(again.folder, "script"), "--list")).toEqual(listed);
    const { connection } = await json("-i", join(again.folder, "script"), "--host", "lab-1");
    expect(connection).toMatchObject({ user: "root", port: 22 });
    again.remove();
  });

  it("takes hosts from the command line", async () => {
    expect(await json("-i", "a,b:2222", "--list")).toMatchObject({
      _meta: { hostvars: { b: { ansible_port: 2222 } } },
      ungrouped: { hosts: ["a", "b"] },
    });
  });

  it.each([
    [["--list", "--graph"], /say one of --list, --graph and --host/],
    [["--host", "mial"], /has no host "mial"\. Did you mean "mail"\?/],
    [["--list", "-i", path("mroe.yml")], /no such file\. Did you mean ".*more\.yml"\?/],
    [["--list", "--limit", "wbe"], /no host or group "wbe"\. Did you mean "web"\?/],
    [["--list", "--limit", "@nowhere"], /--limit @nowhere: no such file/],
    [["--list", "-i", path("vault.yml")], /vault\.yml: host a, pw is encrypted with ansible-vault/],
  ])("refuses %j", async (args, message) => {
    const inventory = args.includes("-i") ? [] : ["-i", path("prod")];
    await refused(["inventory", ...inventory, ...args], message);
  });
});

describe("weft run with an Ansible inventory", () => {
  it("checks it against the contract", async () => {
    await refused(
      ["run", path("play.ts"), "-i", path("mesh.ini")],
      /mesh\.ini: host two, mesh\.underlay\.mut: unknown variable\. Did you mean "mtu"\?/,
    );
  });

  it("goes where it says, and leaves hosts alone that no play is for", async () => {
    const result = await weft(["run", path("play.ts"), "-i", path("good.ini")]);
    expect(result.stdout).toMatch(/127\.0\.0\.1:1\b/);
    expect(result.code).toBe(4);
  });

  it("refuses what it cannot honour before it connects", async () => {
    await refused(
      ["run", path("play.ts"), "-i", path("good.ini"), "-e", "ansible_become_method=doas"],
      /host one, ansible_become_method: "doas" is not supported/,
    );
  });

  it("gives -e to the playbook, typed", async () => {
    await refused(
      ["run", path("play.ts"), "-i", path("good.ini"), "-e", "vni=9"],
      /play "play", host one: nine/,
    );
    await refused(
      ["run", path("play.ts"), "-i", path("good.ini"), "-e", "vni=many"],
      /-e: host one, mesh\.vni: .*expected number/,
    );
    await refused(
      ["run", path("play.ts"), "-i", "inventory/example.ts", "-e", "vin=9"],
      /-e vin: .*Did you mean "vni"\?/,
    );
  });
});

describe("@failed", () => {
  const env = { XDG_STATE_HOME: path("state") };
  const graph = (limit: string) =>
    weft(["inventory", "-i", path("good.ini"), "--graph", "--limit", limit], { env });
  const run = (...args: readonly string[]) =>
    weft(["run", path("play.ts"), "-i", path("good.ini"), ...args], { env });

  it("stands for the hosts that the last run lost", async () => {
    const before = await graph("@failed");
    expect(before.stderr).toMatch(/@failed: no run is remembered for /);
    expect(before.code).toBe(1);
    expect((await run()).code).toBe(4);
    expect((await graph("@failed")).stdout).toMatch(/--one$/m);
    const rest = await graph("all:!@failed");
    expect(rest.stdout).toMatch(/--localhost$/m);
    expect(rest.stdout).not.toMatch(/--one$/m);
    expect((await run("--limit", "@failed")).code).toBe(4);
  });

  it("says when none of them is in the inventory", async () => {
    const other = await weft(["inventory", "-i", path("more.yml"), "--graph", "-l", "@failed"], {
      env,
    });
    expect(other.stderr).toMatch(/@failed: .*more\.yml has none of them: one/);
  });

  it("outlives a dry run, and ends with a run that loses nobody", async () => {
    const local = await weft(["run", path("play.ts"), "-i", path("none.ini"), "--check"], { env });
    expect(local.code).toBe(0);
    expect((await graph("@failed")).code).toBe(0);
    expect((await weft(["run", path("play.ts"), "-i", path("none.ini")], { env })).code).toBe(0);
    expect((await graph("@failed")).stderr).toMatch(
      /@failed: the last run lost no host \(.*play\.ts/,
    );
  });
});
