import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { quote } from "../../shell/quote.ts";
import type { Finding } from "../../ui/findings-text.ts";
import { octal } from "./file-mode.ts";

const WRITABLE_BY_OTHERS = 0o022;

/** Who could write into ~/.ssh could log in as the user, and lead weft elsewhere. */
export const checkSshFolder = (home: string): Finding => {
  const folder = join(home, ".ssh");
  const area = "~/.ssh";
  if (!existsSync(folder)) return { area, level: "ok", message: `there is no ${folder}` };
  const { mode } = statSync(folder);
  if ((mode & WRITABLE_BY_OTHERS) === 0) {
    return { area, level: "ok", message: `${folder} has mode ${octal(mode)}` };
  }
  return {
    area,
    level: "problem",
    message: `${folder} has mode ${octal(mode)}: others can write into it`,
    fix: `chmod 700 ${quote(folder)}`,
  };
};
