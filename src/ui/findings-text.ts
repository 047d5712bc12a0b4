import { counted } from "./counted.ts";
import { indent } from "./indent.ts";
import { createLook } from "./look.ts";
import type { RenderOptions } from "./render-options.ts";
import { pad, wrapWords } from "./text-width.ts";

/** What was looked at, what it is like, and how it is mended where it is not right. */
export interface Finding {
  /** "agent", "known_hosts", a host's name. */
  readonly area: string;
  /** A warning costs something now and then; with a problem something does not work. */
  readonly level: "ok" | "warning" | "problem";
  readonly message: string;
  /** A command or an edit. */
  readonly fix?: string;
}

/** Findings as lines for people, with the count of what is wrong. Ends in a newline. */
export const findingsText = (
  findings: readonly Finding[],
  { color, columns = Number.POSITIVE_INFINITY }: Pick<RenderOptions, "color" | "columns">,
): string => {
  const { paint } = createLook({ color, verbosity: 0, showDiff: false }, columns);
  const colors = { ok: paint.green, warning: paint.yellow, problem: paint.red };
  const first = Math.max(...findings.map(({ area }) => area.length)) + 2;
  const second = first + "problem".length + 2;
  const lines = findings.flatMap(({ area, level, message, fix }) => {
    const text = message.split("\n").flatMap((line) => wrapWords(line, columns - second));
    const more = fix === undefined ? [] : wrapWords(`Try: ${fix}`, columns - second);
    const [head = "", ...rest] = [...text, ...more];
    const label = colors[level](pad(level, second - first));
    return [`${pad(area, first)}${label}${head}`, ...indent(rest, second)];
  });
  const count = (level: Finding["level"]): number =>
    findings.filter((finding) => finding.level === level).length;
  const verdict =
    count("problem") + count("warning") === 0
      ? "all is well"
      : `${counted(count("problem"), "problem")}, ${counted(count("warning"), "warning")}`;
  return `${lines.join("\n")}\n\n${counted(findings.length, "check")}: ${verdict}\n`;
};
