import { setImmediate as turn } from "node:timers/promises";
import { Client, type ParsedKey } from "ssh2";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { loginEagerly, type SignAtOnce } from "../../../src/ssh/eager-client.ts";

type Sign = (data: Buffer, done: (signature: Buffer) => void) => void;

/** ssh2's inside as far as it is reached into; strict: it has nothing else. */
const fakeClient = () => {
  const said: string[] = [];
  const protocol = {
    _handlers: {
      SERVICE_ACCEPT: (_: unknown, name: string) => void said.push(`accepted ${name}`),
      EXT_INFO: (_: unknown, extensions: readonly unknown[]) =>
        void said.push(`learnt ${extensions.length}`),
      GLOBAL_REQUEST: (_: unknown, name: string, wantsReply: unknown) =>
        void said.push(`answered ${name} ${wantsReply}`),
    },
    service: (name: string) => void said.push(`request ${name}`),
    authPK: (user: string, _key: unknown, algorithm = "", sign?: Sign) => {
      if (!sign) return void said.push(`ask ${user} ${algorithm}`.trim());
      sign(Buffer.from("data"), (signature) => void said.push(`signed ${signature}`));
    },
  };
  const client = new Client();
  Object.assign(client, { _protocol: protocol });
  return { client, protocol, said };
};

const key = {} as ParsedKey;
const signs: SignAtOnce = (_key, data, hash, done) =>
  done(null, Buffer.from(`${data} ${hash ?? ""}`.trim()));

let fake: ReturnType<typeof fakeClient>;
beforeEach(() => {
  fake = fakeClient();
});

describe("the login", () => {
  test("begins with the request for it, once the server's extensions are known", async () => {
    loginEagerly(fake.client, { signAtOnce: signs, onSigned: () => {} });
    fake.protocol.service("ssh-userauth");
    // What came in the same packet is read before the next turn.
    fake.protocol._handlers.EXT_INFO(fake.protocol, [1, 2]);
    await turn();
    expect(fake.said).toEqual(["request ssh-userauth", "learnt 2", "accepted ssh-userauth"]);
    fake.protocol._handlers.SERVICE_ACCEPT(fake.protocol, "ssh-userauth");
    expect(fake.said).toHaveLength(3);
  });

  test("waits for the service at a server without extensions", async () => {
    loginEagerly(fake.client, { signAtOnce: signs, onSigned: () => {} });
    fake.protocol.service("ssh-userauth");
    await turn();
    expect(fake.said).toEqual(["request ssh-userauth"]);
    fake.protocol._handlers.SERVICE_ACCEPT(fake.protocol, "ssh-userauth");
    expect(fake.said.at(-1)).toBe("accepted ssh-userauth");
  });
});

describe("a key", () => {
  test.for([
    [undefined, "signed data"],
    ["ssh-ed25519", "signed data"],
    ["ssh-rsa", "signed data sha1"],
    ["rsa-sha2-256", "signed data sha256"],
    ["rsa-sha2-512", "signed data sha512"],
  ] as const)("with the algorithm %s signs at once", ([algorithm, expected]) => {
    const onSigned = vi.fn();
    loginEagerly(fake.client, { signAtOnce: signs, onSigned });
    fake.protocol.authPK("me", key, algorithm);
    expect(fake.said).toEqual([expected]);
    expect(onSigned).toHaveBeenCalledOnce();
  });

  test("that is not to sign, or cannot, is asked for first", () => {
    const onSigned = vi.fn();
    loginEagerly(fake.client, {
      signAtOnce: (_key, _data, _hash, done) => done(new Error("refused")),
      onSigned,
    });
    fake.protocol.authPK("me", key, "ssh-ed25519");
    expect(fake.said).toEqual(["ask me ssh-ed25519"]);
    expect(onSigned).not.toHaveBeenCalled();
  });

  test("that the server asked for signs as ssh2 would", () => {
    loginEagerly(fake.client, { signAtOnce: signs, onSigned: () => {} });
    fake.protocol.authPK("me", key, undefined, (_, done) => done(Buffer.from("by ssh2")));
    expect(fake.said).toEqual(["signed by ssh2"]);
  });

  test("whose agent answers after the end of the connection says nothing", () => {
    let answer: () => void = () => {};
    const onSigned = vi.fn();
    loginEagerly(fake.client, {
      signAtOnce: (_key, data, _hash, done) => {
        answer = () => done(null, data);
      },
      onSigned,
    });
    fake.protocol.authPK("me", key, undefined);
    fake.client.emit("close");
    answer();
    expect(fake.said).toEqual([]);
    expect(onSigned).not.toHaveBeenCalled();
  });
});

test("the server's other host keys are left alone, and its other requests answered", () => {
  loginEagerly(fake.client, { signAtOnce: signs, onSigned: () => {} });
  fake.protocol._handlers.GLOBAL_REQUEST(fake.protocol, "hostkeys-00@openssh.com", false);
  fake.protocol._handlers.GLOBAL_REQUEST(fake.protocol, "keepalive@openssh.com", true);
  expect(fake.said).toEqual(["answered keepalive@openssh.com true"]);
});

test.for(["service", "authPK", "_handlers"] as const)(
  "another ssh2, without %s, is told",
  (name) => {
    Object.assign(fake.protocol, { [name]: undefined });
    expect(() => loginEagerly(fake.client, { signAtOnce: signs, onSigned: () => {} })).toThrow(
      "ssh2 has changed on its inside",
    );
  },
);
