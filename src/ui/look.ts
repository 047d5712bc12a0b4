import pc from "picocolors";
import type { RenderOptions } from "./render-options.ts";

/** Colour functions; they return the text as it is where colour is off. */
export type Paint = ReturnType<typeof pc.createColors>;

/** How text is to look: what every block of text needs to know. */
export interface Look {
  readonly paint: Paint;
  /** Characters that a line may have; `Infinity` where lines are not to be wrapped. */
  readonly width: number;
  readonly verbosity: number;
  readonly showDiff: boolean;
}

type LookOptions = Pick<RenderOptions, "color" | "verbosity" | "showDiff">;

/** The look of a run's output at a width in characters. */
export const createLook = ({ color, verbosity, showDiff }: LookOptions, width: number): Look => ({
  paint: pc.createColors(color),
  width,
  verbosity,
  showDiff,
});
