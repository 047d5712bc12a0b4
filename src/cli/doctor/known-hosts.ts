import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { quote } from "../../shell/quote.ts";
import { parseKnownHosts } from "../../ssh/known-hosts-line.ts";
import { counted } from "../../ui/counted.ts";
import type { Finding } from "../../ui/findings-text.ts";

/** Whether each line of a known_hosts file says something. */
export const checkKnownHosts = (home: string): Finding => {
  const file = join(home, ".ssh", "known_hosts");
  const area = "known_hosts";
  if (!existsSync(file)) return { area, level: "ok", message: `there is no ${file}` };
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const message = `${file} cannot be read: ${(error as Error).message}`;
    return { area, level: "problem", message, fix: `chmod u+r ${quote(file)}` };
  }
  const known = parseKnownHosts(text, file);
  const understood = new Set(known.map(({ line }) => line));
  const odd = text
    .split("\n")
    .flatMap((line, index) =>
      /^\s*(#|$)/.test(line) || understood.has(index + 1) ? [] : [index + 1],
    );
  const message = `${file} has ${counted(known.length, "key")}`;
  if (odd.length === 0) return { area, level: "ok", message };
  return {
    area,
    level: "warning",
    message: `${message}; not understood: ${odd.map((line) => `line ${line}`).join(", ")}`,
    fix: `edit ${quote(file)}: take these lines out`,
  };
};
