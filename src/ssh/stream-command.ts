import { randomBytes } from "node:crypto";
import { constants } from "node:os";
import type { Writable } from "node:stream";
import type { CommandResult } from "../task.ts";
import { type CommandChannel, channelEnd } from "./exec-channel.ts";
import { FileSink } from "./file-sink.ts";
import { type LossReason, lostError, stillRuns } from "./lost-error.ts";
import { MarkerParser } from "./marker-parser.ts";
import { StepOutput } from "./step-output.ts";
import { streamLine } from "./stream-script.ts";
import { CommandTimeoutError, type Session } from "./transport.ts";
import { upload } from "./upload.ts";

type StreamArguments = Parameters<Session["stream"]>;

/** The local file at the other end of a command: what it reads, or where goes what it prints. */
export type LocalFile = { readonly from: string } | { readonly into: string };

export interface StreamCommand {
  /** Ends all processes below the one with this number. Resolves with those that are still there. */
  kill(pid: number): Promise<readonly number[]>;
  /** What the channel goes over, which must not be flooded. */
  readonly socket: Writable;
  /** Open, and started with STREAM_COMMAND. */
  readonly channel: CommandChannel;
  readonly step: StreamArguments[0];
  readonly file: LocalFile;
  /** More shell source for its start: see {@link streamLine}. */
  readonly preparation?: string | undefined;
  readonly options: NonNullable<StreamArguments[2]>;
}

/** How a streamed command ended, as far as this end can tell. */
export interface StreamOutcome {
  /** `undefined` where the connection was lost, or the command goes on. */
  readonly result: CommandResult | undefined;
  readonly timedOut: boolean;
  /** Why the command could not be ended, where it was to be. */
  readonly stillRuns: string | undefined;
}

const statusOfSignal = (name: string): number =>
  128 + (constants.signals[name as NodeJS.Signals] ?? 0);

/**
 * Runs one command on its own channel with a local file as its stdin, or as its stdout. When its time
 * is over or the signal aborts, or the file cannot be read to its end or written, it is ended on the host.
 *
 * @throws the system's error when the file cannot be read or written
 */
export const streamCommand = async (command: StreamCommand): Promise<StreamOutcome> => {
  const { channel, step, options } = command;
  const { listener, signal, onProgress } = options;
  const onLine = listener?.onLine && ((line: string) => listener.onLine?.(0, line));
  const output = new StepOutput(step.command.secrets, onLine);
  const end = channelEnd(channel);
  const nonce = randomBytes(16).toString("hex");
  const allRead = new Promise<void>((resolve) => channel.stdout.once("end", () => resolve()));
  const sink =
    "into" in command.file
      ? new FileSink({
          file: command.file.into,
          source: channel.stdout,
          onProgress,
          onError: () => interrupt(),
        })
      : undefined;
  const pid = new Promise<number>((resolve) => {
    for (const name of ["stdout", "stderr"] as const) {
      const intoFile = name === "stdout" ? sink : undefined;
      // What comes before the marker is the host's rc files talking.
      let begun = false;
      const take = (bytes: Buffer): void => {
        if (intoFile) intoFile.write(bytes);
        else output.push(name, bytes);
      };
      const parser = new MarkerParser(nonce, {
        data: (bytes) => begun && take(bytes),
        marker: ({ value }) => {
          begun = true;
          resolve(Number(value));
        },
      });
      channel[name].on("data", (bytes: Buffer) => {
        if (begun && intoFile) return intoFile.write(bytes);
        parser.push(bytes);
        // A file may begin or end with what looks like a marker.
        if (begun && intoFile) parser.end();
      });
    }
  });

  let stillRuns: string | undefined;
  let ending: Promise<void> | undefined;
  const kill = async (): Promise<void> => {
    const known = await Promise.race([pid, end]);
    if (typeof known !== "number") return;
    try {
      const left = await command.kill(known);
      if (left.length > 0) stillRuns = `process ${left.join(", ")} is left`;
    } catch (error) {
      stillRuns = (error as Error).message;
    }
    if (stillRuns !== undefined) channel.close();
  };
  const interrupt = (): void => {
    ending ??= kill();
  };
  let timedOut = false;
  const timer = setTimeout(
    () => {
      timedOut = true;
      interrupt();
    },
    Math.min(step.timeoutMs, 2 ** 31 - 1),
  );
  signal?.addEventListener("abort", interrupt);
  try {
    channel.write(streamLine(nonce, step, command.preparation));
    listener?.onStart?.(0);
    let unreadable: unknown;
    if ("from" in command.file) {
      await upload(command.file.from, channel, command.socket, onProgress).catch((error) => {
        unreadable = error;
        interrupt();
      });
    } else channel.end();
    const ended = await end;
    await ending;
    if (unreadable !== undefined) throw unreadable;
    if (sink && ended.kind !== "lost" && stillRuns === undefined) {
      await allRead;
      await sink.end();
    }
    output.end("stdout");
    output.end("stderr");
    if (ended.kind === "lost" || stillRuns !== undefined) {
      return { result: undefined, timedOut, stillRuns };
    }
    const result = output.result(ended.kind === "exit" ? ended.code : statusOfSignal(ended.name));
    listener?.onResult?.(0, result);
    return { result, timedOut, stillRuns };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", interrupt);
    await sink?.giveUp();
  }
};

/**
 * What a session's `stream` or `receive` comes to.
 *
 * @param loss why the session is over, or why it would be were there no result
 * @throws as {@link Session.stream} does
 */
export const resultOf = (
  { result, timedOut, stillRuns: left }: StreamOutcome,
  { step, options }: Pick<StreamCommand, "step" | "options">,
  { where, loss }: { readonly where: string; readonly loss: LossReason },
): CommandResult => {
  if (left !== undefined) throw lostError(where, stillRuns(step.command, left), step.command);
  options.signal?.throwIfAborted();
  if (!result) throw lostError(where, loss, step.command);
  if (timedOut) throw new CommandTimeoutError(step.timeoutMs, result, 0);
  return result;
};
