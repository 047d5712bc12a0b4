import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scratch } from "../../support/scratch.ts";
import { type SshFleet, startSshFleet } from "../../support/ssh-fleet.ts";
import { openTerminal, type Terminal } from "../../support/tmux.ts";

const COLUMNS = 80;
const ROWS = 24;
const weft = fileURLToPath(new URL("../../../bin/weft.js", import.meta.url));

const files = scratch();
let fleet: SshFleet;
let terminal: Terminal | undefined;

beforeAll(async () => {
  fleet = await startSshFleet(files, {
    hosts: 200,
    network: "127.82",
    failing: 50,
    unreachable: true,
  });
});
afterAll(async () => {
  terminal?.close();
  await fleet.stop();
  files.remove();
});

test("200 hosts fit into a terminal of 80x24, and failures stay in sight", async () => {
  terminal = await openTerminal({
    columns: COLUMNS,
    rows: ROWS,
    files,
    command: `${process.execPath} ${weft} run ${fleet.playbook} -i ${fleet.inventory}; echo "weft ended with $?"`,
  });
  const seen: Record<string, readonly string[]> = {
    start: await terminal.waitFor((screen) => /and \d+ more/.test(screen), 60_000),
    middle: await terminal.waitFor((screen) => /\b[1-9]\d done/.test(screen), 300_000),
    failure: await terminal.waitFor((screen) => /✖ [1-9]\d* failed: /.test(screen), 300_000),
    end: await terminal.waitFor((screen) => screen.includes("weft ended"), 600_000),
  };

  // Two rows sum up what has no row of its own.
  // At the start, all but the first may still wait for their turn.
  for (const name of ["start", "middle", "failure"]) {
    const rows = seen[name]?.filter((line) => /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏…]/.test(line)) ?? [];
    expect(rows.length, name).toBeGreaterThan(name === "start" ? 0 : 1);
    expect(rows.length, name).toBeLessThanOrEqual((ROWS * 2) / 3);
  }

  // Nothing that the terminal had to break: not a row, nor what stays.
  const lines = terminal.scrollback();
  expect(lines.filter((line) => line.length > COLUMNS)).toEqual([]);
  const end = seen.end?.join("\n") ?? "";
  for (const host of ["host-050", "host-100", "host-150", "host-200", "refused", "silent"]) {
    expect(end, host).toMatch(new RegExp(`${host} .*[1-9]`));
  }
  expect(lines.join("\n")).toMatch(/Recap {2}202 hosts in /);
  expect(end).toContain("weft ended with 2");

  // Drawn in place: never cleared as a whole, never taller than its share, nor on a screen of its own.
  const [, drawn = ""] = terminal.bytes().split("Ten tasks");
  expect(drawn).not.toMatch(/\x1b\[[23]J|\x1bc|\x1b\[\?1049|\x1b\[H/);
  const heights = [...drawn.matchAll(/\x1b\[(\d+)A/g)].map(([, up]) => Number(up));
  expect(heights.length).toBeGreaterThan(20);
  expect(Math.max(...heights)).toBeLessThanOrEqual((ROWS * 2) / 3);
});
