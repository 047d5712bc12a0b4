import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { Capture } from "./capture.ts";
import { type Line, lineOver } from "./line.ts";

const KEPT_BYTES = 2_000;
/** Milliseconds that a command has to end once its streams are closed. */
const GRACE_MS = 1_000;

/**
 * A line over the stdin and stdout of a command, as ProxyCommand of ssh_config(5) has it. The
 * command is ended with the line, with everything that it started.
 *
 * @param command shell source, with nothing left to replace
 */
export const proxyCommandLine = (command: string): Line => {
  // A process group of its own: the shell may have started others, and Ctrl-C is not for them.
  const child = spawn("sh", ["-c", command], { stdio: "pipe", detached: true });
  const said = new Capture(KEPT_BYTES);
  let end: string | undefined;
  const signal = (name: "SIGTERM" | "SIGKILL") => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // It is gone.
    }
  };
  const stream = new Duplex({
    read: () => void child.stdout.resume(),
    write: (chunk, _encoding, done) => void child.stdin.write(chunk, () => done()),
    final: (done) => void child.stdin.end(() => done()),
    destroy: (error, done) => {
      signal("SIGTERM");
      const late = setTimeout(() => signal("SIGKILL"), GRACE_MS).unref();
      child.once("close", () => clearTimeout(late));
      child.stdout.destroy();
      done(error);
    },
  });
  child.stdin.on("error", () => {});
  child.stderr.on("data", (bytes: Buffer) => said.push(bytes));
  child.stdout.on("data", (bytes: Buffer) => {
    if (!stream.push(bytes)) child.stdout.pause();
  });
  child.once("error", (error) => {
    end = error.message;
    stream.destroy();
  });
  child.once("exit", (code, name) => {
    end = name === null ? `ended with exit status ${code}` : `was killed by ${name}`;
  });
  // After the exit and the last output, so that the reason is known to whoever hears of the end.
  child.once("close", () => {
    stream.push(null);
    stream.destroy();
  });
  const told = (what: string): string => {
    const words = said.toString().trim();
    return `the ProxyCommand \`${command}\` ${what}${words === "" ? "" : `, saying "${words}"`}`;
  };
  const line = lineOver(stream, {
    fault: () => (end === undefined ? undefined : told(end)),
    note: () => told(end ?? "goes on"),
  });
  // What the command was given it has yet to send.
  return { ...line, handedOver: line.closed };
};
