import { expandHome, type LocalUser } from "./local-user.ts";
import { SetupError } from "./setup-error.ts";
import type { HostConfig } from "./ssh-config.ts";
import type { ConfigLine } from "./ssh-config-line.ts";
import { expandTokens, type Tokens } from "./ssh-tokens.ts";

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

const bad = ({ at, written, args }: ConfigLine, expected: string): SetupError =>
  new SetupError(`${at}: ${written} ${args.join(" ")}: expected ${expected}`);

/** Reads the values of one host's configuration in the types that they have. */
export class ConfigValues {
  readonly #config: HostConfig;
  readonly #user: LocalUser;

  constructor(config: HostConfig, user: LocalUser) {
    this.#config = config;
    this.#user = user;
  }

  line(keyword: string): ConfigLine | undefined {
    return this.#config.get(keyword)?.[0];
  }

  text(keyword: string): string | undefined {
    const line = this.line(keyword);
    if (line && line.args.length > 1) throw bad(line, "one argument");
    return line?.args[0];
  }

  flag(keyword: string): boolean | undefined {
    const line = this.line(keyword);
    const text = this.text(keyword)?.toLowerCase();
    if (!line || text === undefined) return undefined;
    if (text === "yes" || text === "true") return true;
    if (text === "no" || text === "false") return false;
    throw bad(line, "yes or no");
  }

  /** One of the given words, in lower case. */
  word<Word extends string>(keyword: string, words: readonly Word[]): Word | undefined {
    const line = this.line(keyword);
    const text = this.text(keyword)?.toLowerCase();
    const word = words.find((one) => one === text);
    if (line && word === undefined) throw bad(line, `one of ${words.join(", ")}`);
    return word;
  }

  port(): number | undefined {
    const line = this.line("port");
    const text = this.text("port");
    if (!line || text === undefined) return undefined;
    const port = /^\d+$/.test(text) ? Number(text) : 0;
    if (port < 1 || port > 65_535) throw bad(line, "a number from 1 to 65535");
    return port;
  }

  /** Milliseconds of a time such as `90` or `1m30s` (sshd_config(5), TIME FORMATS); `undefined` for `none`. */
  milliseconds(keyword: string): number | undefined {
    const line = this.line(keyword);
    const text = this.text(keyword)?.toLowerCase();
    if (!line || text === undefined || text === "none") return undefined;
    if (!/^(?:\d+[smhdw]?)+$/.test(text)) throw bad(line, "a time such as 10 or 1m30s");
    const parts = text.matchAll(/(\d+)([smhdw]?)/g);
    return [...parts].reduce(
      (sum, [, count, unit]) => sum + Number(count) * (SECONDS[unit || "s"] ?? 1) * 1_000,
      0,
    );
  }

  /** The paths of all directives of a keyword, tokens and `~` replaced; `none` is no path. */
  paths(keyword: string, tokens: Tokens): readonly string[] | undefined {
    return this.#config
      .get(keyword)
      ?.flatMap((line) => line.args.map((arg) => this.#path(arg, line, tokens)))
      .filter((path) => path !== "none");
  }

  #path(text: string, line: ConfigLine, tokens: Tokens): string {
    if (text.startsWith("$") || text.includes("${")) {
      throw new SetupError(`${line.at}: ${line.written} ${text}: weft reads no environment here`, {
        hint: "write the path, with ~ or %d for your home directory",
      });
    }
    return expandHome(expandTokens(text, tokens, line.at), this.#user);
  }
}
