import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LocalUser } from "../../ssh/local-user.ts";
import { SetupError } from "../../ssh/setup-error.ts";
import { SshConfig } from "../../ssh/ssh-config.ts";
import { parseConfigLines } from "../../ssh/ssh-config-line.ts";
import { resolveTarget } from "../../ssh/target.ts";
import type { Finding } from "../../ui/findings-text.ts";

/** The names that an ssh_config(5) file has something to say of, beside patterns. */
const namesIn = (file: string): readonly string[] => {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return parseConfigLines(text, file)
    .filter(({ keyword }) => keyword === "host")
    .flatMap(({ args }) => args)
    .filter((name) => !/[*?!]/.test(name));
};

/** What weft cannot understand or honour in ~/.ssh/config, for every host that it names. */
export const checkSshConfig = (user: LocalUser): readonly Finding[] => {
  const file = join(user.home, ".ssh", "config");
  const area = "ssh config";
  if (!existsSync(file)) return [{ area, level: "ok", message: `there is no ${file}` }];
  const faults = new Map<string, SetupError>();
  const attempt = <Value>(work: () => Value): Value | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      faults.set(error.message, error);
      return undefined;
    }
  };
  const config = new SshConfig(file, user);
  // A name that nothing is said of meets what is said of all.
  const names = [...(attempt(() => namesIn(file)) ?? []), "host.invalid"];
  for (const address of names) attempt(() => resolveTarget({ address }, config, user));
  if (faults.size === 0) return [{ area, level: "ok", message: `${file} is understood` }];
  return [...faults.values()].map(({ message, hint }) => ({
    area,
    level: "problem",
    message,
    ...(hint !== undefined && { fix: hint }),
  }));
};
