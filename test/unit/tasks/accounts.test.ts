import { describe, expect, it } from "vitest";
import { secret } from "weft";
import { authorizedKey } from "../../../tasks/authorized-key.ts";
import { group } from "../../../tasks/group.ts";
import { user } from "../../../tasks/user.ts";
import { answer, summaries } from "./answer.ts";
import { planHere } from "./on-this-machine.ts";

const passwd = "passwd=ann:x:1000:1000:Ann Lee:/home/ann:/bin/bash\n";
const ann = `${passwd}groups=ann wheel\n`;

describe("user", () => {
  it.each([
    ["as it is", ann, {}, []],
    ["all as told", ann, { uid: 1000, group: "ann", groups: ["wheel"], shell: "/bin/bash" }, []],
    ["none", "passwd=\n", { system: true }, ["useradd -r ann"]],
    [
      "none, all told",
      "passwd=\n",
      { uid: 7, group: "g", groups: ["a", "b"], home: "/h", shell: "/bin/sh", comment: "A B" },
      ["useradd -m -u 7 -g g -G a,b -d /h -s /bin/sh -c 'A B' ann"],
    ],
    ["a group missing", ann, { groups: ["wheel", "docker"] }, ["usermod -a -G docker ann"]],
    ["another shell", ann, { shell: "/bin/sh" }, ["usermod -s /bin/sh ann"]],
    ["several", ann, { uid: 7, group: "users", comment: "" }, ["usermod -u 7 -g users -c '' ann"]],
    ["one too many", ann, { absent: true }, ["userdel ann"]],
    ["none, as told", "passwd=\n", { absent: true }, []],
  ])("plans: %s", (_, stdout, options, expected) => {
    const task = user({ name: "ann", ...options });
    const changes = task.plan(task.probe.parse(answer(stdout)));
    expect(changes.map(({ command }) => command.script)).toEqual(expected);
  });

  it("says what it changes", () => {
    const task = user({ name: "ann", shell: "/bin/sh", groups: ["docker"] });
    expect(summaries(task.plan(task.probe.parse(answer(ann))))).toEqual([
      "change user ann: in group docker, shell /bin/sh",
    ]);
  });

  it("sets a password's hash where it is another, on standard input", () => {
    const task = user({ name: "ann", passwordHash: secret("$6$salt$hash") });
    const plan = (stdout: string) => task.plan(task.probe.parse(answer(stdout)));
    expect(plan(`${ann}shadow=read\npassword=same\n`)).toEqual([]);
    const [change] = plan(`${ann}shadow=read\n`);
    expect(change?.summary).toBe("set password of ann");
    expect(change?.command.script).toMatch(/^printf .* ann '\$6\$salt\$hash' \| chpasswd -e$/);
    expect(change?.command.display).not.toContain("hash'");
    expect(() => plan(ann)).toThrow(/password cannot be compared/);
  });

  it.each([
    ["no answer", ""],
    ["half an entry", "passwd=ann:x\n"],
    ["getent failed", "failed=1\npasswd=\n"],
    ["no groups", passwd],
  ])("throws on: %s", (_, stdout) => {
    expect(() => user({ name: "ann" }).probe.parse(answer(stdout))).toThrow();
  });

  it("reads this machine's root, and that nobody is called so", () => {
    expect(planHere(user({ name: "root", uid: 0, group: "root", home: "/root" }))).toEqual([]);
    expect(planHere(user({ name: "no-such.user", absent: true }))).toEqual([]);
  });

  it.each([["0day"], ["a b"], [""], ["-r"], ["a".repeat(33)]])("refuses the name %j", (name) => {
    expect(() => user({ name })).toThrow(/cannot be a user's name/);
  });
});

describe("group", () => {
  const wheel = "group=wheel:x:10:ann,bob\n";
  it.each([
    ["as it is", wheel, {}, []],
    ["by number", wheel, { gid: 10 }, []],
    ["another number", wheel, { gid: 11 }, ["groupmod -g 11 wheel"]],
    ["none", "group=\n", {}, ["groupadd wheel"]],
    ["none, all told", "group=\n", { gid: 10, system: true }, ["groupadd -r -g 10 wheel"]],
    ["one too many", wheel, { absent: true }, ["groupdel wheel"]],
    ["none, as told", "group=\n", { absent: true }, []],
  ])("plans: %s", (_, stdout, options, expected) => {
    const task = group({ name: "wheel", ...options });
    const changes = task.plan(task.probe.parse(answer(stdout)));
    expect(changes.map(({ command }) => command.script)).toEqual(expected);
  });

  it("reads this machine's", () => {
    expect(planHere(group({ name: "root", gid: 0 }))).toEqual([]);
    expect(planHere(group({ name: "no-such-group", absent: true }))).toEqual([]);
  });
});

describe("authorizedKey", () => {
  const key = "ssh-ed25519 AAAAC3Nza ann@desk\n";
  const task = authorizedKey({ user: "ann", key });
  const plan = (stdout: string, given = task) => given.plan(given.probe.parse(answer(stdout)));

  it("leaves a key that is there", () => {
    expect(plan(`${passwd}text|${key}text|.\n`)).toEqual([]);
  });

  it("adds it for the user alone, and shows where", () => {
    const [change] = plan(passwd);
    expect(change?.summary).toBe("add key ann@desk to ann");
    expect(change?.command.script).toContain("mkdir -m 700 /home/ann/.ssh && chown 1000:1000 ");
    expect(change?.command.script).toContain("chmod 600 /home/ann/.ssh/.authorized_keys.weft");
    expect(change?.diff?.subject).toBe("/home/ann/.ssh/authorized_keys");
  });

  it("waits for a user that an earlier task is to make", () => {
    expect(summaries(plan("passwd=\n"))).toEqual(["add key ann@desk to ann"]);
    expect(plan("passwd=\n", authorizedKey({ user: "ann", key, absent: true }))).toEqual([]);
  });

  it("does not write through a link of the user's", () => {
    expect(() => plan(`${passwd}keys=link\n`)).toThrow(/symbolic link/);
  });

  it.each([["ann@desk"], ["-----BEGIN OPENSSH PRIVATE KEY-----"], [`${key}${key}`]])(
    "refuses %j",
    (text) => {
      expect(() => authorizedKey({ user: "ann", key: text })).toThrow(/no public key/);
    },
  );
});
