import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AuthContext } from "ssh2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sh } from "../../../src/shell/command.ts";
import { secret } from "../../../src/shell/secret.ts";
import { ssh2Transport } from "../../../src/ssh/ssh2-transport.ts";
import { type Connection, UnreachableError } from "../../../src/ssh/transport.ts";
import {
  type FakeServer,
  newKey,
  publicLine,
  startFakeServer,
} from "../../support/ssh-fake-server.ts";

const KEY = newKey();
const SECOND_KEY = newKey("ecdsa");

let server: FakeServer;
let authenticate: (context: AuthContext) => void;

beforeEach(async () => {
  server = await startFakeServer({ authenticate: (context) => authenticate(context) });
});
afterEach(() => server.stop());

const connect = async (connection: Partial<Connection>) => {
  const transport = ssh2Transport({ home: server.home, userName: "me" });
  const session = await transport.connect({
    address: "127.0.0.1",
    port: server.port,
    ...connection,
  });
  await session.close();
};

const keyFile = (name: string, text: string) => {
  const file = join(server.home, ".ssh", name);
  writeFileSync(file, text);
  return file;
};

/** Accepts one key, and refuses all else with the given list of methods. */
const onlyKey = (key: string, methods = ["publickey"]) => {
  authenticate = (context) => {
    const offered =
      context.method === "publickey" &&
      `${context.key.algo} ${context.key.data.toString("base64")}`;
    if (offered === publicLine(key)) context.accept();
    else context.reject(methods as never);
  };
};

const methodsTried = () => server.heard.filter((word) => !word.startsWith("exec"));

describe("logs in", () => {
  test("with a default key, without asking first what the server takes", async () => {
    keyFile("id_ed25519", KEY);
    onlyKey(KEY);
    await connect({});
    // With the signature at once: whether the key will do is not asked first either.
    expect(methodsTried()).toEqual(["publickey"]);
  });

  test("at OpenSSH with the only key, and asks for its shell in the same breath", async () => {
    const openssh = await startFakeServer({
      ident: "OpenSSH_9.9 (not really)",
      authenticate: (context) => authenticate(context),
    });
    try {
      const file = keyFile("only", KEY);
      onlyKey(KEY);
      const transport = ssh2Transport({ home: openssh.home, userName: "me" });
      const connection = { address: "127.0.0.1", port: openssh.port, identityFiles: [file] };
      const session = await transport.connect(connection);
      const [result] = await session.run([{ command: sh`echo there`, timeoutMs: 10_000 }]);
      expect(result?.stdout).toBe("there\n");
      await session.close();
      expect(openssh.heard).toEqual(["publickey", "exec sh"]);

      onlyKey(SECOND_KEY);
      await expect(transport.connect(connection)).rejects.toThrow(
        `login refused for me: tried the key ${file}; the server accepts publickey`,
      );
    } finally {
      openssh.stop();
    }
  });

  test("with the second default key", async () => {
    keyFile("id_ed25519", KEY);
    keyFile("id_ecdsa", SECOND_KEY);
    onlyKey(SECOND_KEY);
    await connect({});
  });

  test("with a named key, `~` being the home directory", async () => {
    keyFile("own", KEY);
    onlyKey(KEY);
    await connect({ identityFiles: ["~/.ssh/own"] });
  });

  test("with a password, after the keys", async () => {
    keyFile("id_ed25519", KEY);
    authenticate = (context) => {
      if (context.method === "password" && context.password === "hush") context.accept();
      else context.reject(["publickey", "password"]);
    };
    await connect({ password: secret("hush") });
    expect(methodsTried()).toEqual(["publickey", "password"]);
  });

  test("with the password as an answer, where the server asks for it so", async () => {
    authenticate = (context) => {
      if (context.method !== "keyboard-interactive") {
        context.reject(["keyboard-interactive"]);
        return;
      }
      context.prompt([{ prompt: "Password:", echo: false }], (answers) =>
        answers[0] === "hush" ? context.accept() : context.reject(),
      );
    };
    await connect({ password: secret("hush") });
  });

  test("gives the password to the first hidden question alone, and tells the others", async () => {
    const heard: string[][] = [];
    authenticate = (context) => {
      if (context.method !== "keyboard-interactive") {
        context.reject(["keyboard-interactive"]);
        return;
      }
      const first = [
        { prompt: "Name:", echo: true },
        { prompt: "Password:", echo: false },
      ];
      context.prompt(first, (answers) => {
        heard.push(answers);
        context.prompt([{ prompt: "One-time code:", echo: false }], (more) => {
          heard.push(more);
          context.reject();
        });
      });
    };
    await expect(connect({ password: secret("hush") })).rejects.toThrow(
      'the password as an answer (it also asks "Name:", "One-time code:", which weft cannot answer)',
    );
    expect(heard).toEqual([["", "hush"], [""]]);
  });

  test("with a key and then a password, where the server wants both", async () => {
    keyFile("id_ed25519", KEY);
    let hasKey = false;
    authenticate = (context) => {
      if (context.method === "publickey" && context.signature) {
        hasKey = true;
        context.reject(["password"], true);
      } else if (context.method === "publickey") context.accept();
      else if (hasKey && context.method === "password") context.accept();
      else context.reject(["publickey"]);
    };
    await connect({ password: secret("hush") });
  });

  test("without any credentials where the server lets everybody in", async () => {
    authenticate = (context) => (context.method === "none" ? context.accept() : context.reject());
    await connect({});
  });

  test("as the user of the connection, or else the one who runs weft", async () => {
    const users: string[] = [];
    authenticate = (context) => {
      users.push(context.username);
      context.accept();
    };
    await connect({});
    await connect({ user: "admin" });
    expect(users).toEqual(["me", "admin"]);
  });
});

describe("when it is refused", () => {
  test("says what was tried, what was left out and what the server accepts", async () => {
    const file = keyFile("own", KEY);
    authenticate = (context) => context.reject(["publickey", "password"]);
    const refused = connect({
      user: "admin",
      identityFiles: [file],
      password: secret("hush"),
    });
    await expect(refused).rejects.toThrow(UnreachableError);
    await expect(refused).rejects.toThrow(
      `127.0.0.1:${server.port}: login refused for admin: tried the key ${file}, the password; the server accepts publickey, password`,
    );
    await expect(refused).rejects.toMatchObject({
      hint: expect.stringContaining("authorized_keys"),
    });
  });

  test("does not send a password where the server takes none", async () => {
    authenticate = (context) => context.reject(["publickey"]);
    keyFile("id_ed25519", KEY);
    await expect(connect({ password: secret("hush") })).rejects.toThrow("tried the key");
    expect(methodsTried()).not.toContain("password");
  });

  test("says that there was nothing to try", async () => {
    authenticate = (context) => context.reject(["publickey"]);
    await expect(connect({})).rejects.toThrow("there was nothing to try");
  });

  test("says that the agent does not answer, and goes on without it", async () => {
    authenticate = (context) => context.reject(["publickey"]);
    const file = keyFile("id_ed25519", KEY);
    await expect(connect({ agent: "/nonexistent/agent" })).rejects.toThrow(
      `tried the agent at /nonexistent/agent (not answering), the key ${file}`,
    );
    onlyKey(KEY);
    await connect({ agent: "/nonexistent/agent" });
  });
});
