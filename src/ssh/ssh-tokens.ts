import { hostname } from "node:os";
import { SetupError } from "./setup-error.ts";

/** What the tokens of ssh_config(5), TOKENS, stand for. */
export type Tokens = Readonly<Record<string, string>>;

export interface TokenValues {
  /** As the inventory names the host. */
  readonly name: string;
  /** What it is reached by. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly alias: string | undefined;
  readonly localUser: string;
  readonly home: string;
}

export const tokensOf = (values: TokenValues): Tokens => {
  const full = hostname();
  return {
    n: values.name,
    h: values.address,
    p: String(values.port),
    r: values.user,
    u: values.localUser,
    d: values.home,
    k: values.alias ?? values.name,
    l: full,
    L: full.split(".")[0] ?? full,
    i: String(process.getuid?.() ?? 0),
  };
};

/** Replaces `%h` and the like; `%%` is a percent sign. @throws SetupError for a token without a meaning there */
export const expandTokens = (text: string, tokens: Tokens, at: string): string =>
  text.replace(/%(.?)/gs, (token, letter: string) => {
    if (letter === "%") return "%";
    const value = Object.hasOwn(tokens, letter) ? tokens[letter] : undefined;
    if (value !== undefined) return value;
    const known = Object.keys(tokens).map((one) => `%${one}`);
    throw new SetupError(`${at}: the token ${token} is not known here`, {
      hint: `known are ${known.join(" ")} and %%`,
    });
  });
