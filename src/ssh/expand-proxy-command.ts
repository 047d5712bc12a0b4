import { SetupError } from "./setup-error.ts";
import { expandTokens, type Tokens } from "./ssh-tokens.ts";

/** What a shell takes for one plain word wherever it stands, between quotes too, and no program for a flag. */
const PLAIN = /^[\w.:@+=/,%\p{L}\p{N}][\w.:@+=/,%\p{L}\p{N}-]*$/u;

/**
 * A ProxyCommand with its tokens replaced.
 *
 * The command is the user's own shell source, which may have `%h` between quotes or not. No
 * quoting is right in all places; so only values that need none are let in, which names, addresses,
 * ports and users are.
 *
 * @throws SetupError for a value that a shell could take for something else
 */
export const expandProxyCommand = (command: string, tokens: Tokens, at: string): string => {
  const safe = (token: string, value: string): string => {
    if (PLAIN.test(value)) return value;
    throw new SetupError(
      `${at}: ProxyCommand: ${token} would be ${JSON.stringify(value)}, which a shell may take for more than a word`,
      { hint: `write the value itself in place of ${token}` },
    );
  };
  const used = Object.entries(tokens).map(
    ([letter, value]) =>
      [letter, command.includes(`%${letter}`) ? safe(`%${letter}`, value) : value] as const,
  );
  return expandTokens(command, Object.fromEntries(used), at);
};
