import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { join, sh } from "../../../src/shell/command.ts";
import { mask } from "../../../src/shell/mask.ts";
import { quote } from "../../../src/shell/quote.ts";
import { secret } from "../../../src/shell/secret.ts";

const nasty = [
  "",
  "plain-word_1.2/3:4",
  "two words",
  "it's",
  "'''",
  '"$(id)"',
  "`id`",
  "$HOME",
  "a\\b\\",
  "tab\there",
  "line\nbreak\n",
  "*?[a]{b,c}~!#",
  "-n",
  "ünïcödé 日本 🎉",
  "\u0001\u007f",
  "a;b|c&d<e>f(g)",
];

const shells: readonly (readonly string[])[] = [
  ["dash"],
  ["bash", "--posix"],
  ["bash"],
  ["busybox", "sh"],
];

describe("quote", () => {
  // One process a shell: all values as arguments of one printf.
  it.each(shells)("gives each value to %s as it is", (...shell) => {
    const [program = "", ...args] = shell;
    const script = sh`printf '%s\0' ${nasty}`.script;
    const out = execFileSync(program, [...args, "-c", script], { encoding: "utf8" });
    expect(out.split("\0").slice(0, -1)).toEqual(nasty);
  });

  it("leaves harmless words readable", () => {
    expect(quote("/etc/dhcp/dhcpd.conf")).toBe("/etc/dhcp/dhcpd.conf");
  });

  it("refuses a NUL byte", () => {
    expect(() => quote("a\0b")).toThrow("NUL");
  });
});

describe("sh", () => {
  it.each([
    [sh`ip link show ${"a b"}`, "ip link show 'a b'"],
    [sh`rm -- ${["a", "b c"]}`, "rm -- a 'b c'"],
    [sh`ip link set x mtu ${1450}`, "ip link set x mtu 1450"],
    [sh`if ${sh`test -e ${"/a b"}`}; then :; fi`, "if test -e '/a b'; then :; fi"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: shell source, not a template
    [sh`sed 's/\(a\)/\1/' \${HOME}`, "sed 's/\\(a\\)/\\1/' ${HOME}"],
    [join([sh`a ${1}`, sh`b`], " && "), "a 1 && b"],
  ])("%#: writes the script", (command, script) => {
    expect(command.script).toBe(script);
  });

  it("masks secrets in what is shown and keeps them for the host", () => {
    const command = sh`printf %s ${secret("hunter2")} | login`;
    expect(command.script).toBe("printf %s hunter2 | login");
    expect(command.display).toBe("printf %s ******** | login");
    expect(`${secret("hunter2")} ${JSON.stringify({ it: secret("hunter2") })}`).not.toContain(
      "hunter2",
    );
  });

  it("refuses a value that is no word", () => {
    const wrong = undefined as unknown as string;
    expect(() => sh`rm ${wrong}`).toThrow(TypeError);
    expect(() => sh`rm ${Number.NaN}`).toThrow(TypeError);
  });
});

describe("mask", () => {
  it("masks the longer secret first, so that none is left in part", () => {
    expect(mask("pass password", ["pass", "password"])).toBe("******** ********");
  });
});
