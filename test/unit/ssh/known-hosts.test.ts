import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { judgeHostKey, knownKeyTypes } from "../../../src/ssh/known-hosts.ts";
import { parseKnownHosts } from "../../../src/ssh/known-hosts-line.ts";

/** A key's bytes as on the wire: its type, and something that tells it from others. */
const key = (type: string, content: string): Buffer => {
  const part = (text: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, Buffer.from(text)]);
  };
  return Buffer.concat([part(type), part(content)]);
};
const ED = key("ssh-ed25519", "one");
const OTHER_ED = key("ssh-ed25519", "two");
const RSA = key("ssh-rsa", "three");
const line = (hosts: string, bytes: Buffer, more = "") =>
  `${hosts} ${bytes.toString("latin1", 4, 4 + bytes.readUInt32BE(0))} ${bytes.toString("base64")}${more}`;
const hashed = (name: string) => {
  const salt = Buffer.from("twenty bytes of salt");
  const hash = createHmac("sha1", salt).update(name).digest("base64");
  return `|1|${salt.toString("base64")}|${hash}`;
};

const verdict = (lines: readonly string[], address: string, port: number, shown = ED) => {
  const found = judgeHostKey(parseKnownHosts(lines.join("\n"), "file"), address, port, shown);
  return "lines" in found ? `${found.kind} ${found.lines.map((at) => at.line)}` : found.kind;
};

describe("names", () => {
  test.each([
    ["a plain name", line("host", ED), "host", 22, "known"],
    ["another name", line("host", ED), "hos", 22, "unknown"],
    ["a name in other letters", line("Host", ED), "hOST", 22, "known"],
    ["one of several", line("a,host,192.0.2.1", ED), "192.0.2.1", 22, "known"],
    ["a comment at the end", line("host", ED, " root@host # x"), "host", 22, "known"],
    ["tabs and spaces", `  ${line("host", ED).replaceAll(" ", " \t ")}\r`, "host", 22, "known"],
    ["a port", line("[host]:2222", ED), "host", 2222, "known"],
    ["another port", line("[host]:2222", ED), "host", 2223, "unknown"],
    ["a port, asked without", line("[host]:2222", ED), "host", 22, "unknown"],
    ["the bare name for another port", line("host", ED), "host", 2222, "known"],
    [
      "another key of the bare name, on another port",
      line("host", OTHER_ED),
      "host",
      22_22,
      "unknown",
    ],
    ["an IPv6 address", line("2001:db8::1", ED), "2001:db8::1", 22, "known"],
    ["an IPv6 address and port", line("[2001:db8::1]:2222", ED), "2001:DB8::1", 2222, "known"],
    ["*", line("*.example.org", ED), "a.b.example.org", 22, "known"],
    ["* against a dot", line("*.example.org", ED), "example.org", 22, "unknown"],
    ["a dot is no wildcard", line("a.b", ED), "axb", 22, "unknown"],
    ["?", line("host?", ED), "host1", 22, "known"],
    ["? against nothing", line("host?", ED), "host", 22, "unknown"],
    ["a wildcard with a port", line("[*.example.org]:2222", ED), "a.example.org", 2222, "known"],
    ["!", line("*.example.org,!bad.example.org", ED), "bad.example.org", 22, "unknown"],
    ["! of another", line("!bad.example.org,*.example.org", ED), "a.example.org", 22, "known"],
    ["! alone", line("!bad", ED), "good", 22, "unknown"],
    ["a hashed name", line(hashed("host"), ED), "host", 22, "known"],
    ["a hashed name with a port", line(hashed("[host]:2222"), ED), "host", 2222, "known"],
    ["another hashed name", line(hashed("host"), ED), "other", 22, "unknown"],
  ])("%s", (_what, text, address, port, expected) => {
    expect(verdict([text], address, port)).toBe(expected);
  });
});

describe("lines that say nothing", () => {
  test.each([
    ["empty", ""],
    ["a comment", `# ${line("host", ED)}`],
    ["without a key", "host ssh-ed25519"],
    ["a key that is no base64", "host ssh-ed25519 !!!!"],
    ["a type that the key is not of", `host ssh-rsa ${ED.toString("base64")}`],
    ["protocol 1", "host 1024 35 1234567890"],
    ["an unknown marker", `@trusted ${line("host", ED)}`],
    ["a hash of an unknown version", line("|2|AAAA|AAAA", ED)],
    ["a hash without its salt", line("|1||AAAA", ED)],
    ["a hash next to a name", line(`${hashed("x")},host`, ED)],
  ])("%s", (_what, text) => {
    expect(verdict([text], "host", 22)).toBe("unknown");
    expect(verdict([text, line("host", ED)], "host", 22)).toBe("known");
  });
});

describe("verdicts", () => {
  test.each([
    ["no lines", [], "unknown"],
    ["the key", [line("host", ED)], "known"],
    ["another key of this type", [line("host", OTHER_ED)], "changed 1"],
    ["the key and an older one", [line("host", OTHER_ED), line("host", ED)], "known"],
    ["only keys of other types", [line("x", ED), line("host", RSA)], "other-type 2"],
    ["another type and a changed one", [line("host", RSA), line("host", OTHER_ED)], "changed 2"],
    ["the key, revoked", [line("host", ED), `@revoked ${line("*", ED)}`], "revoked 2"],
    ["another key, revoked", [line("host", ED), `@revoked ${line("*", OTHER_ED)}`], "known"],
    ["revoked for another host", [line("host", ED), `@revoked ${line("x", ED)}`], "known"],
    ["revoked and not known", [`@revoked ${line("host", ED)}`], "revoked 1"],
    ["an authority", [`@cert-authority ${line("*", OTHER_ED)}`], "certificate-authority 1"],
    [
      "an authority's own key as a host's",
      [`@cert-authority ${line("host", ED)}`],
      "certificate-authority 1",
    ],
    [
      "an authority and the key",
      [`@cert-authority ${line("*", OTHER_ED)}`, line("host", ED)],
      "known",
    ],
    ["an authority of other hosts", [`@cert-authority ${line("x", ED)}`], "unknown"],
  ])("%s", (_what, lines, expected) => {
    expect(verdict(lines, "host", 22)).toBe(expected);
  });

  test("a key revoked for the bare name is revoked on any port", () => {
    const lines = [line("[host]:2222", ED), `@revoked ${line("host", ED)}`];
    expect(verdict(lines, "host", 2222)).toBe("revoked 2");
  });
});

test("tells the types of the known keys, of the bare name where the port has none", () => {
  const lines = parseKnownHosts(
    [line("host", RSA), line("[host]:2222", ED), `@cert-authority ${line("*", RSA)}`].join("\n"),
    "file",
  );
  expect([...knownKeyTypes(lines, "host", 22)]).toEqual(["ssh-rsa"]);
  expect([...knownKeyTypes(lines, "host", 2222)]).toEqual(["ssh-ed25519"]);
  expect([...knownKeyTypes(lines, "host", 2223)]).toEqual(["ssh-rsa"]);
  expect([...knownKeyTypes(lines, "other", 22)]).toEqual([]);
});
