import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Problem } from "../problem.ts";
import { killCgroup, makeCgroup } from "./cgroup.ts";
import type {
  ForwarderAnswer,
  ForwarderConfig,
  ForwarderRequest,
  Traffic,
} from "./forwarder-protocol.ts";
import { machinePath } from "./machine.ts";
import type { LabPaths } from "./state.ts";
import { underlayNamespace } from "./underlay.ts";

/** The forwarder's bundle: beside this one in dist/, or seen from the sources. */
const entry = (): string => {
  const places = ["./lab-forwarder.js", "../../dist/lab-forwarder.js"];
  const files = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const found = files.find((file) => existsSync(file));
  if (found === undefined)
    throw new Error(`${files.join(" or ")} is missing: run "npm run build" first`);
  return found;
};

const ask = (paths: LabPaths, request: ForwarderRequest): Promise<ForwarderAnswer> =>
  new Promise((resolve, reject) => {
    const socket = connect(paths.forwarderSocket);
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the lab's forwarder closed its control socket")));
    const lines = createInterface(socket);
    // readline emits its input's errors once more.
    lines.on("error", reject);
    lines.once("line", (line) => {
      resolve(JSON.parse(line) as ForwarderAnswer);
      socket.end();
    });
    socket.write(`${JSON.stringify(request)}\n`);
  });

/** True where the lab's forwarder runs and answers. */
export const forwarderAnswers = (paths: LabPaths): Promise<boolean> =>
  ask(paths, { kind: "traffic" }).then(
    () => true,
    () => false,
  );

/** Ends the lab's forwarder, also one that answers no more. */
export const endForwarder = (paths: LabPaths): Promise<void> =>
  killCgroup(`${paths.tag}/forwarder`);

const start = async (paths: LabPaths): Promise<void> => {
  await endForwarder(paths);
  const groups = await makeCgroup(`${paths.tag}/forwarder`);
  const log = await open(paths.forwarderLog, "w");
  // In a cgroup of the lab, it is found and ended by `down` even where nothing else is known of it.
  const join = 'for group in $CGROUPS; do echo 0 > "$group/cgroup.procs"; done; exec "$@"';
  const command = [process.execPath, entry(), "outside"];
  const places = [paths.forwarderConfig, paths.forwarderSocket, underlayNamespace(paths.tag)];
  const child = spawn("sh", ["-c", join, "sh", ...command, ...places], {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    env: { PATH: machinePath, CGROUPS: groups.join(" ") },
  });
  let ended = false;
  child.on("exit", () => {
    ended = true;
  });
  child.unref();
  await log.close();
  for (;;) {
    if (await forwarderAnswers(paths)) return;
    if (ended) {
      const log = (await readFile(paths.forwarderLog, "utf8")).trim();
      throw new Problem(`the lab's forwarder did not start: ${log}`);
    }
    await sleep(20);
  }
};

/** Sees to it that the forwarder runs, with these routes and this latency. */
export const ensureForwarder = async (paths: LabPaths, config: ForwarderConfig): Promise<void> => {
  await mkdir(paths.run, { recursive: true });
  await writeFile(paths.forwarderConfig, JSON.stringify(config));
  const answer = await ask(paths, { kind: "configure", config }).catch(() => undefined);
  if (answer?.kind === "failed") throw new Error(`the lab's forwarder: ${answer.message}`);
  if (answer !== undefined) return;
  await rm(paths.forwarderSocket, { force: true });
  await start(paths);
};

/** What went over each host's SSH path since the forwarder began. */
export const readTraffic = async (paths: LabPaths): Promise<Readonly<Record<string, Traffic>>> => {
  const answer = await ask(paths, { kind: "traffic" });
  return answer.kind === "traffic" ? answer.hosts : {};
};
