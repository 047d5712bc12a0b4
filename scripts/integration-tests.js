// The integration tests. They boot hosts, cut their power and wait for what comes back by itself, so that a
// busy machine can make one late: a file that fails is run once more, in a lab of its own, and both results
// are on the screen. Where more than three files fail, it is no matter of time.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const SECOND_CHANCES = 3;
const folder = mkdtempSync(join(tmpdir(), "weft-tests-"));

/** Runs these files, or all of them. Gives vitest's exit status and the files that failed. */
const run = (files) => {
  const report = join(folder, "report.json");
  rmSync(report, { force: true });
  const options = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { status } = spawnSync(
    "npx",
    ["vitest", "run", "--project", "integration", ...options, ...files],
    { stdio: "inherit" },
  );
  if (status === 0) return { status, failed: [] };
  try {
    const { testResults } = JSON.parse(readFileSync(report, "utf8"));
    const failed = testResults.filter((file) => file.status !== "passed").map(({ name }) => name);
    return { status, failed: failed.map((name) => relative(process.cwd(), name)) };
  } catch {
    return { status, failed: [] };
  }
};

try {
  const first = run(process.argv.slice(2));
  let { status } = first;
  if (first.failed.length > 0 && first.failed.length <= SECOND_CHANCES) {
    console.log(`\nFailed, and run once more: ${first.failed.join(", ")}`);
    ({ status } = run(first.failed));
  }
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
