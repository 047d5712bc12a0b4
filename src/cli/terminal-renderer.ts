import type { RenderOptions } from "../ui/render-options.ts";
import { chooseOutput, createRenderer, type OutputKind, type Renderer } from "../ui/renderer.ts";

/** Whether a stream shall be coloured. Source: https://no-color.org, and FORCE_COLOR as Node reads it. */
export const wantsColor = (isTTY: boolean): boolean => {
  if (process.env.NO_COLOR) return false;
  const force = process.env.FORCE_COLOR;
  return force === undefined ? isTTY && process.env.TERM !== "dumb" : force !== "0";
};

type Shown = Pick<RenderOptions, "verbosity" | "showDiff" | "follow" | "profile">;

/** A renderer on this process's own output. */
export const terminalRenderer = (wanted: OutputKind | "auto", shown: Shown): Promise<Renderer> => {
  const isTTY = process.stdout.isTTY === true;
  const kind = chooseOutput(wanted, { isTTY, ci: Boolean(process.env.CI) });
  return createRenderer(kind, {
    stdout: process.stdout,
    stderr: process.stderr,
    isTTY,
    color: wantsColor(isTTY),
    ...shown,
  });
};
