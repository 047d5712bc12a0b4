import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Finding, findingsText } from "../ui/findings-text.ts";
import { checkAgent } from "./doctor/agent.ts";
import { checkHosts } from "./doctor/hosts.ts";
import { checkInventory } from "./doctor/inventory.ts";
import { checkDefaultKeys } from "./doctor/keys.ts";
import { checkKnownHosts } from "./doctor/known-hosts.ts";
import { checkClock, checkNode, checkState, checkTerminal } from "./doctor/machine.ts";
import { checkSshConfig } from "./doctor/ssh-config.ts";
import { checkSshFolder } from "./doctor/ssh-folder.ts";
import type { DoctorArguments } from "./doctor.ts";
import { EXIT_INTERRUPTED, EXIT_PROBLEM } from "./exit-codes.ts";
import { interruptible } from "./interrupt.ts";
import { manifest } from "./manifest.ts";
import { stateFolder } from "./state-folder.ts";
import { wantsColor } from "./terminal-renderer.ts";

/** What systemd says of the clock; `undefined` where there is none to say it. */
const isSynchronized = async (): Promise<boolean | undefined> => {
  try {
    const args = ["show", "--property=NTPSynchronized", "--value"];
    const { stdout } = await promisify(execFile)("timedatectl", args, { timeout: 3_000 });
    return { yes: true, no: false }[stdout.trim()];
  } catch {
    return undefined;
  }
};

const onThisMachine = async (
  agent: Finding,
  held: readonly Buffer[],
): Promise<readonly Finding[]> => {
  const { env, stdout } = process;
  const home = homedir();
  const { isTTY = false, columns, rows } = stdout;
  const built = statSync(fileURLToPath(import.meta.url)).mtimeMs;
  const user = { home, userName: userInfo().username, agentSocket: env.SSH_AUTH_SOCK };
  return [
    checkNode(process.version, manifest().engines.node),
    ...checkTerminal({ isTTY, columns, rows, color: wantsColor(isTTY), env }),
    checkClock(Date.now(), { built, synchronized: await isSynchronized() }),
    await checkState(stateFolder()),
    checkSshFolder(home),
    ...checkSshConfig(user),
    checkKnownHosts(home),
    agent,
    ...checkDefaultKeys(home, held),
  ];
};

/**
 * Looks at what weft needs of this machine, of an inventory where one is given, and of hosts where a
 * pattern is. Sets the process's exit code: 1 where something does not work.
 */
export const doctorVerb = async (args: DoctorArguments): Promise<void> => {
  const { inventory, output, pattern } = args;
  const { signal } = interruptible();
  const { finding: agent, held } = await checkAgent(process.env.SSH_AUTH_SOCK);
  const findings = [...(await onThisMachine(agent, held))];
  if (inventory !== undefined || pattern !== undefined) {
    findings.push(...(await checkInventory(args, held)));
  }
  const isReadable = findings.some(({ area, level }) => area === "inventory" && level === "ok");
  if (pattern !== undefined && isReadable) {
    const told = new Set(findings.map(({ message }) => message));
    const hosts = await checkHosts(pattern, args, signal);
    // What keeps all hosts from being tried may be a fault of the inventory, which is told already.
    findings.push(...hosts.filter(({ message }) => !told.has(message)));
  }
  const { stdout } = process;
  const isTTY = stdout.isTTY === true;
  stdout.write(
    output === "json"
      ? `${JSON.stringify(findings, undefined, 2)}\n`
      : findingsText(findings, {
          color: wantsColor(isTTY),
          ...(isTTY && stdout.columns > 0 && { columns: stdout.columns }),
        }),
  );
  const hasProblem = findings.some(({ level }) => level === "problem");
  process.exitCode = signal.aborted ? EXIT_INTERRUPTED : hasProblem ? EXIT_PROBLEM : 0;
};
