import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Become } from "../../../src/become.ts";
import { type Command, sh } from "../../../src/shell/command.ts";
import { secret } from "../../../src/shell/secret.ts";
import { ssh2Transport } from "../../../src/ssh/ssh2-transport.ts";
import {
  BecomeError,
  CommandTimeoutError,
  type Connection,
  HostBusyError,
  type Session,
  type Step,
  UnreachableError,
} from "../../../src/ssh/transport.ts";
import { processesWith, uniqueSeconds } from "../../support/ssh-local-shell.ts";
import type { SshServer } from "../../support/ssh-server.ts";
import { passwordOf, startUsersServer } from "../../support/ssh-users.ts";

let server: SshServer;
/** Its sudo runs commands on a terminal of its own, and its su asks on terminals only. */
let strict: SshServer;
beforeAll(async () => {
  [server, strict] = await Promise.all([
    startUsersServer(),
    startUsersServer({ sudoers: ["Defaults use_pty"], suWantsTerminal: true }),
  ]);
});
afterAll(() => Promise.all([server.stop(), strict.stop()]));

const sudo = (user = "root"): Become => ({ user, method: "sudo" });
const su = (user = "root"): Become => ({ user, method: "su" });
const step = (command: Command, become?: Become, more: Partial<Step> = {}): Step => ({
  command,
  timeoutMs: 10_000,
  become,
  ...more,
});

const connect = (user: string, more: Partial<Connection> = {}, to = server): Promise<Session> =>
  ssh2Transport({ home: to.home, userName: "root", agentSocket: undefined }).connect({
    address: "127.0.0.1",
    port: to.port,
    user,
    ...more,
  });

const onSession =
  (
    user: string,
    work: (session: Session) => Promise<void>,
    more: Partial<Connection> = {},
    to = () => server,
  ) =>
  async (): Promise<void> => {
    const session = await connect(user, more, to());
    try {
      await work(session);
    } finally {
      await session.close();
    }
  };

const WHO = sh`echo "$(id -un) $USER $LOGNAME $HOME $(pwd)"`;
const stdoutOf = async (session: Session, ...steps: Step[]): Promise<readonly unknown[]> =>
  (await session.run(steps)).map((result) => result?.stdout);

interface Way {
  readonly how: string;
  readonly user: string;
  readonly become: Become;
  readonly password?: string;
  readonly isStrict?: true;
}

const WAYS: readonly Way[] = [
  { how: "sudo that asks for nothing", user: "free", become: sudo() },
  {
    how: "sudo that asks for a password",
    user: "asked",
    become: sudo(),
    password: passwordOf("asked"),
  },
  { how: "sudo that wants a terminal", user: "freeterminal", become: sudo() },
  {
    how: "sudo that wants a terminal and a password",
    user: "terminal",
    become: sudo(),
    password: passwordOf("terminal"),
  },
  { how: "su", user: "nobodys", become: su(), password: passwordOf("root") },
  {
    how: "su to a user other than root",
    user: "nobodys",
    become: su("db"),
    password: passwordOf("db"),
  },
  { how: "sudo to a user other than root", user: "onlydb", become: sudo("db") },
  {
    how: "su that wants a terminal",
    user: "nobodys",
    become: su(),
    password: passwordOf("root"),
    isStrict: true,
  },
  {
    how: "sudo with use_pty",
    user: "asked",
    become: sudo(),
    password: passwordOf("asked"),
    isStrict: true,
  },
  {
    how: "sudo with use_pty that wants a terminal",
    user: "terminal",
    become: sudo(),
    password: passwordOf("terminal"),
    isStrict: true,
  },
];

describe.each(WAYS)("$how", ({ user, become, password, isStrict }) => {
  const more = password === undefined ? {} : { becomePassword: secret(password) };
  const withSession = (work: (session: Session) => Promise<void>) =>
    onSession(user, work, more, () => (isStrict ? strict : server));

  test(
    "runs commands as the user, at home, in one trip",
    withSession(async (session) => {
      const out = await stdoutOf(session, step(WHO, become), step(sh`cat; echo $?`, become));
      const home = new RegExp(
        `^${become.user} ${become.user} ${become.user} (\\S+/home-${become.user}) \\1\\n$`,
      );
      expect(out).toEqual([expect.stringMatching(home), "0\n"]);
      expect(session.trips).toBe(1);
    }),
  );

  test(
    "keeps the streams apart and every byte as it is",
    withSession(async (session) => {
      const [result] = await session.run([
        step(sh`printf '\0\377\r\n\004\003x'; printf 'err\r\n' >&2; exit 3`, become),
      ]);
      expect(result).toEqual({
        stdout: "\0\ufffd\r\n\x04\x03x",
        stderr: "err\r\n",
        exitCode: 3,
        truncated: false,
      });
    }),
  );

  test(
    "takes a file on the stdin of a command",
    withSession(async (session) => {
      const bytes = randomBytes(3 * 1024 * 1024);
      const file = join(server.directory, "upload");
      writeFileSync(file, bytes);
      const sum = createHash("sha256").update(bytes).digest("hex");
      const streamed = await session.stream(
        step(sh`sha256sum; id -un; echo no >&2; exit 5`, become),
        file,
      );
      expect(streamed).toEqual({
        stdout: `${sum}  -\n${become.user}\n`,
        stderr: "no\n",
        exitCode: 5,
        truncated: false,
      });
    }),
  );

  test(
    "ends what takes too long, and stays usable",
    withSession(async (session) => {
      const seconds = uniqueSeconds();
      const error = await session
        .run([
          step(sh`echo begun; (sleep ${seconds} | cat) & sleep ${seconds}`, become, {
            timeoutMs: 500,
          }),
        ])
        .catch((reason) => reason);
      expect(error).toBeInstanceOf(CommandTimeoutError);
      expect(error.result.stdout).toBe("begun\n");
      expect(await processesWith(seconds)).toEqual([]);
      expect(await stdoutOf(session, step(sh`id -un`, become))).toEqual([`${become.user}\n`]);
      const file = join(server.directory, "x");
      writeFileSync(file, "x");
      await expect(
        session.stream(step(sh`sleep ${seconds}`, become, { timeoutMs: 500 }), file),
      ).rejects.toThrow(CommandTimeoutError);
      expect(await processesWith(seconds)).toEqual([]);
    }),
  );

  test(
    "ends what an abort interrupts",
    withSession(async (session) => {
      const seconds = uniqueSeconds();
      const controller = new AbortController();
      const running = session.run([step(sh`echo begun; sleep ${seconds}`, become)], {
        signal: controller.signal,
        listener: { onLine: () => controller.abort(new Error("interrupted")) },
      });
      await expect(running).rejects.toThrow("interrupted");
      expect(await processesWith(seconds)).toEqual([]);
    }),
  );

  if (password === undefined) return;
  test(
    "shows the password to no process, and prints it nowhere",
    withSession(async (session) => {
      const seen: string[] = [];
      const look = () => {
        for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
          if (Number(pid) === process.pid) continue;
          for (const file of ["cmdline", "environ"]) {
            try {
              const text = readFileSync(`/proc/${pid}/${file}`, "utf8");
              if (text.includes(password)) seen.push(`${pid} ${file}`);
            } catch {
              // It has ended.
            }
          }
        }
      };
      const running = session.run([step(sh`sleep 0.3; tty; env; ps ax; set`, become)]);
      const looking = setInterval(look, 5);
      const [result] = await running;
      clearInterval(looking);
      expect(seen).toEqual([]);
      expect(JSON.stringify(result)).not.toContain("pässword");
    }),
  );
});

describe("users in one script", () => {
  test(
    "are all served in one trip, in the order of the steps, once one of them is root",
    onSession(
      "asked",
      async (session) => {
        const file = join(server.directory, "..", `weft-order-${process.pid}`);
        const out = await session.run([
          step(sh`id -un; echo first`),
          step(sh`id -un; printf 1 >${file}; chmod 666 ${file}`, sudo(), { mustSucceed: true }),
          step(sh`id -un; printf 2 >>${file}`, sudo("db"), { mustSucceed: true }),
          step(sh`id -un; printf 3 >>${file}`, undefined, { mustSucceed: true }),
          step(sh`cat ${file}; rm ${file}`, sudo()),
        ]);
        expect(out.map((result) => `${result?.stdout}${result?.stderr}`)).toEqual([
          "asked\nfirst\n",
          "root\n",
          "db\n",
          "asked\n",
          "123",
        ]);
        expect(session.trips).toBe(1);
      },
      { becomePassword: secret(passwordOf("asked")) },
    ),
  );

  test(
    "find the environment of the login as it is in its own shell",
    onSession("free", async (session) => {
      const what = sh`env | grep -v -e ^_= -e ^PWD= -e ^OLDPWD= -e ^SHLVL= | sort; pwd; umask`;
      const [alone] = await stdoutOf(session, step(what));
      const [, beside] = await stdoutOf(session, step(sh`true`, sudo()), step(what));
      expect(beside).toBe(alone);
      expect(alone).toContain("SSH_CONNECTION=");
    }),
  );

  test(
    "see what is printed as it is, and an empty stdin",
    onSession("free", async (session) => {
      const odd = sh`printf '\0\001\r%s' ${"it's \\ \"$HOME\" 'q'\n"} >&2; cat; exit 7`;
      const results = await session.run([step(sh`true`, sudo()), step(odd, sudo("db"))]);
      expect(results[1]).toEqual({
        stdout: "",
        stderr: "\0\x01\rit's \\ \"$HOME\" 'q'\n",
        exitCode: 7,
        truncated: false,
      });
    }),
  );

  test(
    "skip what follows a step that must succeed and does not",
    onSession("free", async (session) => {
      const results = await session.run([
        step(sh`true`, sudo()),
        step(sh`exit 4`, sudo("db"), { mustSucceed: true }),
        step(sh`echo not`),
        step(sh`echo nor`, sudo("db")),
      ]);
      expect(results.map((result) => result?.exitCode)).toEqual([0, 4, undefined, undefined]);
    }),
  );

  test(
    "are told apart from those that the host does not have",
    onSession("free", async (session) => {
      const heard: (string | undefined)[] = [];
      const steps = [step(sh`echo a`, sudo()), step(sh`echo b`, sudo("nosuch")), step(sh`echo c`)];
      const listener = {
        onResult: (index: number, result?: { stdout: string }) => {
          heard[index] = result?.stdout;
        },
      };
      const error = await session.run(steps, { listener }).catch((reason) => reason);
      expect(error).toBeInstanceOf(BecomeError);
      expect(error).toMatchObject({ index: 1, message: "the host has no user nosuch" });
      expect(heard).toEqual(["a\n", undefined, "c\n"]);
      const alone = session.run([step(sh`echo b`, sudo("nosuch"), { mustSucceed: true })]);
      await expect(alone).rejects.toThrow("the host has no user nosuch");
    }),
  );

  test(
    "are ended when their step takes too long",
    onSession("free", async (session) => {
      const seconds = uniqueSeconds();
      const error = await session
        .run([
          step(sh`true`, sudo()),
          step(sh`echo begun; sleep ${seconds}`, sudo("db"), { timeoutMs: 500 }),
        ])
        .catch((reason) => reason);
      expect(error).toBeInstanceOf(CommandTimeoutError);
      expect(error).toMatchObject({ index: 1, result: { stdout: "begun\n" } });
      expect(await processesWith(seconds)).toEqual([]);
      expect(await stdoutOf(session, step(sh`id -un`, sudo("db")))).toEqual(["db\n"]);
    }),
  );

  test(
    "follow each other where none of them is root",
    onSession("onlydb", async (session) => {
      const steps = [step(sh`id -un`), step(sh`id -un`, sudo("db")), step(sh`echo last`)];
      expect(await stdoutOf(session, ...steps)).toEqual(["onlydb\n", "db\n", "last\n"]);
      expect(session.trips).toBe(2);
      const results = await session.run([
        step(sh`exit 1`, sudo("db"), { mustSucceed: true }),
        step(sh`echo not`),
      ]);
      expect(results.map((result) => result?.exitCode)).toEqual([1, undefined]);
    }),
  );

  test(
    "need no sudo and no password where root has logged in",
    onSession("root", async (session) => {
      const steps = [step(sh`id -un`, sudo("db")), step(sh`id -un`, su()), step(sh`id -un`)];
      expect(await stdoutOf(session, ...steps)).toEqual(["db\n", "root\n", "root\n"]);
      expect(session.trips).toBe(1);
    }),
  );
});

describe("a run that has the host for itself", () => {
  const lockedBy = (label: string): Promise<Session> =>
    ssh2Transport({ home: server.home, userName: "root", agentSocket: undefined }).connect(
      { address: "127.0.0.1", port: server.port, user: "free" },
      // The root folder, as in a run: any user may read that one.
      { lock: { label } },
    );
  const asksAsRoot = async (label: string): Promise<unknown> => {
    const session = await lockedBy(label);
    try {
      return await stdoutOf(session, step(sh`id -un`, sudo()));
    } finally {
      await session.close();
    }
  };

  test("keeps others from root's shell too, until its last command as root has ended", async () => {
    const session = await lockedBy("first");
    const [parent] = await stdoutOf(session, step(sh`echo $PPID`));
    let tell: () => void = () => {};
    const begun = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const lost = session
      .run([step(sh`echo begun; sleep 2`, sudo())], { listener: { onLine: () => tell() } })
      .catch((error: unknown) => error);
    await begun;
    process.kill(Number(parent), "SIGKILL");
    expect(await lost).toBeInstanceOf(UnreachableError);
    await expect(asksAsRoot("second")).rejects.toThrow(HostBusyError);
    await session.close();
    await expect.poll(() => asksAsRoot("second"), { timeout: 10_000 }).toEqual(["root\n"]);
  });
});

describe.each(["dash", "bash", "busybox"])("with %s as the host's sh", (shell) => {
  let other: SshServer;
  beforeAll(async () => {
    other = await startUsersServer({ shell });
  });
  afterAll(() => other.stop());

  test.each([
    ["sudo", "free", undefined],
    ["sudo on a terminal", "terminal", passwordOf("terminal")],
  ])("%s serves all users", async (_how, user, password) => {
    const more = password === undefined ? {} : { becomePassword: secret(password) };
    const session = await connect(user, more, other);
    const name = sh`id -un; cat; printf '\0\377'; exit 3`;
    const long = `${"x".repeat(100_000)}'`;
    const results = await session.run([
      step(name, sudo()),
      step(name, sudo("db")),
      step(name),
      step(sh`printf %s ${long} | wc -c`, sudo("db")),
      step(sh`printf %s ${long} | wc -c`),
    ]);
    expect(results.map((result) => `${result?.stdout.trim()} ${result?.exitCode}`)).toEqual([
      "root\n\0\ufffd 3",
      "db\n\0\ufffd 3",
      `${user}\n\0\ufffd 3`,
      "100001 0",
      "100001 0",
    ]);
    expect(session.trips).toBe(1);
    await session.close();
  });
});

describe("the host refuses", () => {
  const refused = async (
    user: string,
    become: Become,
    password?: string,
    to = server,
  ): Promise<BecomeError> => {
    const more = password === undefined ? {} : { becomePassword: secret(password) };
    const session = await connect(user, more, to);
    const error = await session.run([step(sh`id`, become)]).catch((reason) => reason);
    const again = await session.run([step(sh`id`, become)]).catch((reason) => reason);
    expect(again.message).toBe(error.message);
    expect(await stdoutOf(session, step(sh`echo usable`))).toEqual(["usable\n"]);
    await session.close();
    expect(error).toBeInstanceOf(BecomeError);
    expect(JSON.stringify([error.message, error.hint])).not.toContain(password ?? "pässword");
    return error;
  };

  test.each([
    [
      "a wrong password",
      "asked",
      sudo(),
      "wrong",
      "sudo does not take the password given for asked",
    ],
    [
      "a wrong password on a terminal",
      "terminal",
      sudo(),
      "wrong",
      "sudo does not take the password given for terminal",
    ],
    [
      "a wrong password of su",
      "asked",
      su(),
      "wrong",
      "su does not take the password given for root",
    ],
    ["no password", "asked", sudo(), undefined, "sudo asks for the password of asked, and none"],
    [
      "no password on a terminal",
      "terminal",
      sudo(),
      undefined,
      "sudo asks for the password of terminal, and none was given",
    ],
    ["no password for su", "asked", su(), undefined, "su asks for the password of root, and none"],
    [
      "who is not in sudoers",
      "nobodys",
      sudo(),
      passwordOf("nobodys"),
      "sudo does not let nobodys become root",
    ],
    [
      "another user than it allows",
      "onlydb",
      sudo("free"),
      passwordOf("onlydb"),
      "sudo does not let onlydb become free",
    ],
    ["an unknown user", "free", sudo("nosuch"), undefined, "the host has no user nosuch"],
    ["an unknown user of su", "free", su("nosuch"), undefined, "the host has no user nosuch"],
    ["what is no name", "free", sudo("-l"), undefined, '"-l" is no user name'],
  ])("%s", async (_what, user, become, password, message) => {
    const error = await refused(user, become, password);
    expect(error.message).toContain(message);
    expect(error.hint).toMatch(/./);
  });
});
