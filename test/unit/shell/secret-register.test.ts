import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { sh } from "../../../src/shell/command.ts";
import { secret } from "../../../src/shell/secret.ts";
import { SecretRegister } from "../../../src/shell/secret-register.ts";

const registerOf = (...secrets: readonly string[]): SecretRegister => {
  const register = new SecretRegister();
  for (const plain of secrets) register.add(plain);
  return register;
};

describe("what is shown", () => {
  const plain = `p'a "w\\d&ü\tx`;
  const base64 = (text: string) => Buffer.from(text).toString("base64");

  it.each([
    ["as it is", plain],
    ["twice", `${plain}${plain}`],
    ["in a quoted shell word", sh`login ${plain}`.script],
    ["in JSON", JSON.stringify({ now: { password: plain } })],
    ["in JSON in JSON", JSON.stringify({ body: JSON.stringify({ password: plain }) })],
    [
      "as printf %q has it",
      execFileSync("bash", ["-c", 'printf %q "$1"', "-", "p'a w&x"]).toString(),
    ],
    ["in a URL", `https://x/?token=${encodeURIComponent(plain)}`],
    ["in a form", `token=${encodeURIComponent(plain).replaceAll("%20", "+")}`],
    ["in hex", Buffer.from(plain).toString("hex")],
    ["coloured inside", `${plain.slice(0, 3)}\x1b[31m${plain.slice(3)}\x1b[0m`],
    ...["", "u", "us", "user:", "admin:"].flatMap((before) =>
      ["", "\n", "?."].map((after) => [
        `in base64 between "${before}" and ${JSON.stringify(after)}`,
        `Authorization: Basic ${base64(before + plain + after)}`,
      ]),
    ),
  ])("has no secret %s", (_, text) => {
    const masked = registerOf(plain, "p'a w&x").mask(text);
    expect(masked).toContain("********");
    expect(masked).not.toMatch(/w\\|p'|p\\'|cCd|7027|%26|w&x/);
  });

  it("has no line of a secret of several lines", () => {
    const key = "-----BEGIN KEY-----\nAbC1dEf2\n  indented line\nxy\n-----END KEY-----\n";
    const register = registerOf(key);
    expect(register.mask(`before\n${key}after`)).toBe("before\n********after");
    expect(register.mask("line 2: AbC1dEf2")).toBe("line 2: ********");
    expect(register.mask("indented line")).toBe("********");
    expect(register.mask("xy")).toBe("xy");
  });

  it("has no part of secrets that overlap or hold each other", () => {
    const register = registerOf("abcdef", "defghi", "abcdefgh");
    expect(register.mask("-abcdefghi-")).toBe("-********-");
    expect(register.mask("-defghi-")).toBe("-********-");
  });

  it("is left alone where no secret is in it, colours too", () => {
    const text = "\x1b[31mall is well\x1b[0m";
    expect(registerOf("hunter2").mask(text)).toBe(text);
  });

  it("shows texts of less than four characters: they are in everything", () => {
    expect(registerOf("abc").mask("abc")).toBe("abc");
  });
});

it("takes no surrogate for a text that cannot be encoded", () => {
  expect(registerOf("half \ud83d emoji").mask("a half \ud83d emoji")).toBe("a ********");
});

describe("secret", () => {
  it("as a tag makes one secret text of a template with secrets in it", () => {
    const made = secret`password=${secret("hunter2")}\nport=${8080}\n`;
    expect(made.reveal()).toBe("password=hunter2\nport=8080\n");
    expect(`${made}`).toBe("********");
  });
});
