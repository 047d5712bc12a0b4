import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { chooseOutput, createRenderer, type OutputKind } from "../../src/ui/renderer.ts";
import { demoRun } from "./demo-run.ts";

// A canned run, to look at: node node_modules/jiti/lib/jiti-cli.mjs test/support/ui-demo.ts [kind] [hosts] [-v] [--diff] [--check] [--profile] [--follow=lab-1]
const [kind = "auto", hosts = "3", ...flags] = process.argv.slice(2);
const follow = flags.find((flag) => flag.startsWith("--follow="))?.slice("--follow=".length);
const { stdout, stderr } = process;
const target = { isTTY: stdout.isTTY === true, ci: false };
const renderer = await createRenderer(chooseOutput(kind as OutputKind | "auto", target), {
  stdout,
  stderr,
  ...target,
  color: target.isTTY,
  verbosity: flags.filter((flag) => flag === "-v").length,
  showDiff: flags.includes("--diff"),
  profile: flags.includes("--profile"),
  ...(follow !== undefined && { follow }),
});

const stop = new AbortController();
setMaxListeners(0, stop.signal);
process.once("SIGINT", () => stop.abort());
const wait = (ms: number): Promise<void> => sleep(ms, undefined, { signal: stop.signal });
await demoRun({
  emit: renderer.emit,
  hosts: Number(hosts),
  check: flags.includes("--check"),
  wait,
});
await renderer.close();
