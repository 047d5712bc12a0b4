import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Argv } from "yargs";
import { type Backend, backends } from "../lab/backend.ts";
import { Problem } from "../problem.ts";

// The lab's code is loaded by the handlers alone: it brings zx, and most calls of weft need none of it.

const labDir = async (): Promise<string> => {
  const { defaultLabDir } = await import("../lab/state.ts");
  return process.env.WEFT_LAB_DIR ?? defaultLabDir;
};

const progress = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const up = async ({
  hosts,
  image,
  backend,
  latency,
}: {
  hosts?: number | undefined;
  image?: string | undefined;
  backend?: Backend | undefined;
  latency?: number | undefined;
}): Promise<void> => {
  const { labUp } = await import("../lab/lab.ts");
  const { parseImages } = await import("../lab/choose-images.ts");
  const { statusTable } = await import("../lab/status.ts");
  const { hosts: running } = await labUp({
    dir: await labDir(),
    hosts,
    images: image === undefined ? undefined : parseImages(image),
    backend,
    latencyMs: latency,
    loopback: process.env.WEFT_LAB_LOOPBACK,
    progress,
  });
  print(statusTable(running));
  print("\nNext: weft run playbooks/mesh.ts    or    weft lab ssh lab-1");
};

const down = async (): Promise<void> => {
  const { labDown } = await import("../lab/lab.ts");
  await labDown({ dir: await labDir(), progress });
};

const status = async (): Promise<void> => {
  const { readLabState } = await import("../lab/state.ts");
  const { statusTable } = await import("../lab/status.ts");
  const { hosts, latencyMs } = await readLabState(await labDir());
  if (hosts.length === 0) return print('No lab is up. "weft lab up" starts one.');
  print(statusTable(hosts));
  if (latencyMs > 0) print(`\nlatency: ${latencyMs} ms on the SSH path`);
};

const setup = async ({ backend }: { backend?: Backend | undefined }): Promise<void> => {
  const { labSetup } = await import("../lab/fit-machine.ts");
  const { labPaths } = await import("../lab/state.ts");
  await labSetup(labPaths(await labDir()), progress, backend);
};

const latency = async ({ ms }: { ms: number }): Promise<void> => {
  const { labLatency } = await import("../lab/lab.ts");
  await labLatency({ dir: await labDir(), latencyMs: ms });
};

const sshConfigText = async (): Promise<string> => {
  const { openLab } = await import("../lab/running-lab.ts");
  const { sshConfig } = await import("../lab/ssh-config.ts");
  const { hosts, paths } = await openLab(await labDir());
  return sshConfig(hosts, paths);
};

const traffic = async (): Promise<void> => {
  const { labTraffic } = await import("../lab/lab.ts");
  print(JSON.stringify(await labTraffic(await labDir()), null, 2));
};

const ssh = async (args: {
  host: string;
  command?: string[] | undefined;
  "--"?: unknown;
}): Promise<void> => {
  const { host } = args;
  const afterDashes = Array.isArray(args["--"]) ? args["--"].map(String) : [];
  const command = [...(args.command ?? []), ...afterDashes];
  const { chosenHosts, openLab } = await import("../lab/running-lab.ts");
  const lab = await openLab(await labDir());
  const { sshArguments } = await import("../lab/ssh-config.ts");
  const options = chosenHosts(lab, [host]).flatMap((chosen) => sshArguments(chosen, lab.paths));
  const child = spawn("ssh", [...options, ...command], { stdio: "inherit" });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  if (signal !== null) throw new Problem(`ssh was ended by ${signal}`);
  process.exitCode = code ?? 1;
};

type HostsVerb = "labReboot" | "labReset" | "labPoweroff" | "labStart" | "labCut" | "labMend";

const onHosts =
  (verb: HostsVerb) =>
  async ({ host }: { host?: string[] | undefined }): Promise<void> => {
    const lab = await import("../lab/lab.ts");
    await lab[verb]({ dir: await labDir(), hosts: host, progress });
  };

const anyHosts = (yargs: Argv) =>
  yargs.positional("host", {
    type: "string",
    array: true,
    describe: "Hosts; all of them where none is named",
  });

const namedHosts = (yargs: Argv) =>
  yargs.positional("host", {
    type: "string",
    array: true,
    demandOption: true,
    describe: "Hosts, by name",
  });

const backendOption = (yargs: Argv) =>
  yargs.option("backend", {
    choices: backends,
    requiresArg: true,
    describe: `What a host is: "nspawn" shares this machine's kernel, "vm" is emulated and has its own`,
  });

const upOptions = (yargs: Argv) =>
  backendOption(yargs)
    .option("hosts", {
      type: "number",
      requiresArg: true,
      describe: "How many hosts  [default: 3]",
    })
    .option("image", {
      type: "string",
      requiresArg: true,
      describe: "el6, el7, el9 or el10: for all hosts, or a list with one for each  [default: el9]",
    })
    .option("latency", {
      type: "number",
      requiresArg: true,
      describe: "Round-trip time added to the SSH path, in ms  [default: 0]",
    });

const builder = (yargs: Argv) =>
  yargs
    .command("up", "Start the lab, or what of it is not running", upOptions, up)
    .command("down", "End the lab; its image and SSH keys stay", {}, down)
    .command("status", "Show the hosts, on or off, and their addresses", {}, status)
    .command("reset [host..]", "Give hosts fresh disks", anyHosts, onHosts("labReset"))
    .command(
      "reboot [host..]",
      "Shut hosts down and boot them again",
      anyHosts,
      onHosts("labReboot"),
    )
    .command("poweroff <host..>", "Cut hosts' power", namedHosts, onHosts("labPoweroff"))
    .command("start <host..>", "Boot hosts that are off", namedHosts, onHosts("labStart"))
    .command("cut <host..>", "Pull hosts' underlay cables", namedHosts, onHosts("labCut"))
    .command("mend <host..>", "Put hosts' underlay cables back", namedHosts, onHosts("labMend"))
    .command(
      "latency <ms>",
      "Change the round-trip time added to the SSH path",
      (args: Argv) =>
        args.positional("ms", { type: "number", demandOption: true, describe: "Milliseconds" }),
      latency,
    )
    .command(
      "ssh <host> [command..]",
      "Log in to a host, or run a command there",
      (args: Argv) =>
        args
          .positional("host", { type: "string", demandOption: true, describe: "A host" })
          .positional("command", { type: "string", array: true, describe: "A command, after --" })
          .parserConfiguration({
            "unknown-options-as-args": true,
            "parse-numbers": false,
            "parse-positional-numbers": false,
            "populate--": true,
          }),
      ssh,
    )
    .command("ssh-config", "Print an OpenSSH configuration for the hosts", {}, async () =>
      print(await sshConfigText()),
    )
    .command("traffic", "Count what went over each host's SSH path, as JSON", {}, traffic)
    .command(
      "setup",
      "Install the tools that the lab needs, and build its image",
      backendOption,
      setup,
    )
    .demandCommand(1, "Say what the lab is to do: up, down, status, ...")
    .example("weft lab up --hosts 3 --latency 50", "Three hosts behind a 50 ms line")
    .example("weft lab up --image el7,el9,el10", "Three hosts of different releases")
    .example("weft lab ssh lab-1 -- ip -br address", "Run a command on a host")
    .example("weft lab ssh-config > f; scp -F f FILE lab-1:", "Any SSH client, Ansible too");

/** `weft lab VERB`: real hosts on this machine. */
export const labCommand = {
  command: "lab",
  describe: "Real hosts on this machine to try playbooks on",
  builder,
  handler: (): void => undefined,
};
