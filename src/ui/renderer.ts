import type { Emit } from "../run/events.ts";
import type { RenderOptions } from "./render-options.ts";

/** Turns a run's events into what the user sees. */
export interface Renderer {
  /** Takes the next event. Never waits. */
  readonly emit: Emit;
  /** Gives the terminal back and waits until all is written. To be called however a run ends. */
  close(): Promise<void>;
}

/** The forms of output: rows that move, lines, or one JSON object a line. */
export type OutputKind = "listr" | "plain" | "json";

/** What the output goes to. */
export interface OutputTarget {
  readonly isTTY: boolean;
  /** True under a CI service, whose log keeps every redrawn frame. */
  readonly ci: boolean;
}

/** The kind of output to use: the one asked for, or what suits the target. */
export const chooseOutput = (
  wanted: OutputKind | "auto",
  { isTTY, ci }: OutputTarget,
): OutputKind => {
  if (wanted !== "auto") return wanted;
  return isTTY && !ci ? "listr" : "plain";
};

/** Makes a renderer; loads only what its kind needs, because start-up time counts. */
export const createRenderer = async (
  kind: OutputKind,
  options: RenderOptions,
): Promise<Renderer> => {
  switch (kind) {
    case "json":
      return (await import("./json-renderer.ts")).createJsonRenderer(options);
    case "plain":
      return (await import("./plain-renderer.ts")).createPlainRenderer(options);
    case "listr":
      return (await import("./listr/listr-renderer.ts")).createListrRenderer(options);
  }
};
