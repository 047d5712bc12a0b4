import { accessSync, constants, existsSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Finding } from "../../ui/findings-text.ts";

const numbers = (version: string): readonly number[] => (version.match(/\d+/g) ?? []).map(Number);

/** @param wanted as package.json's engines have it: `>=20.19` */
export const checkNode = (version: string, wanted: string): Finding => {
  const [have, need] = [numbers(version), numbers(wanted)];
  const at = need.findIndex((number, index) => number !== (have[index] ?? 0));
  const isOld = at >= 0 && (have[at] ?? 0) < (need[at] ?? 0);
  const message = `Node ${version.replace(/^v/, "")}; weft needs ${wanted}`;
  if (!isOld) return { area: "node", level: "ok", message };
  return {
    area: "node",
    level: "problem",
    message,
    fix: "install a newer Node: https://nodejs.org",
  };
};

interface Terminal {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  readonly rows: number | undefined;
  readonly color: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Rows of progress and the recap's table need so many. */
const NARROW = 60;

/** Source: locale(7), for the order of the variables. */
const isUtf8 = ({ LC_ALL, LC_CTYPE, LANG }: Terminal["env"]): boolean =>
  /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "");

/** Where weft's output goes to, and what can be shown there. */
export const checkTerminal = (terminal: Terminal): readonly Finding[] => {
  const { isTTY, columns = 0, rows = 0, color, env } = terminal;
  const area = "terminal";
  if (!isTTY) return [{ area, level: "ok", message: "no terminal: output is plain lines" }];
  const size = `${columns} x ${rows}, ${color ? "with" : "without"} colour`;
  return [
    columns < NARROW
      ? {
          area,
          level: "warning",
          message: `${size}: narrow`,
          fix: `make it ${NARROW} columns wide`,
        }
      : { area, level: "ok", message: size },
    ...(isUtf8(env)
      ? []
      : [
          {
            area,
            level: "warning",
            message: "the locale is not UTF-8: progress is drawn with characters of it",
            fix: "export LC_ALL=C.UTF-8",
          } as const,
        ]),
  ];
};

const MIB = 1024 ** 2;
const LITTLE_SPACE = 100 * MIB;

/** Whether a folder that may not be there yet can be written, and how much fits. */
export const checkState = async (folder: string): Promise<Finding> => {
  let there = folder;
  while (!existsSync(there) && there !== dirname(there)) there = dirname(there);
  const area = "state";
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
    if (!statSync(there).isDirectory()) throw new Error("not a folder");
  } catch {
    return {
      area,
      level: "problem",
      message: `${there} cannot be written, so weft remembers nothing between runs`,
      fix: `make ${there} a folder of yours, or set XDG_STATE_HOME`,
    };
  }
  const { bavail, bsize } = await statfs(there);
  const free = bavail * bsize;
  const message = `${folder}: ${Math.floor(free / MIB).toLocaleString("en")} MiB free`;
  if (free >= LITTLE_SPACE) return { area, level: "ok", message };
  return { area, level: "warning", message, fix: `make room on the file system of ${there}` };
};

/**
 * Certificates, logs and caches go by the clock.
 *
 * @param now milliseconds since 1970
 * @param built when this weft was built, which is past
 * @param synchronized what the machine says of itself: timedatectl(1); `undefined` where it says nothing
 */
export const checkClock = (
  now: number,
  { built, synchronized }: { built: number; synchronized: boolean | undefined },
): Finding => {
  const area = "clock";
  const time = new Date(now).toISOString();
  const fix = "set it and keep it right: timedatectl set-ntp true";
  if (now < built) {
    const message = `${time} is before this weft was built, ${new Date(built).toISOString()}`;
    return { area, level: "problem", message, fix };
  }
  if (synchronized === false) {
    return { area, level: "warning", message: `${time}; nothing keeps it right`, fix };
  }
  return { area, level: "ok", message: time };
};
