import { type ListrRenderer, Spinner } from "listr2";
import type { LiveScreen } from "./live-screen.ts";

/** What {@link RowsRenderer} draws, and where. */
export interface RowsOptions {
  readonly screen: LiveScreen;
  /** The lines to show with this character as the spinner. */
  readonly frame: (spinner: string) => readonly string[];
  readonly onStart: (draw: (above?: readonly string[]) => void) => void;
  readonly onEnd: () => void;
}

/**
 * The renderer for listr2's task lists. Its own default one keeps every task's row, has no limit
 * on its height and takes the width from the process; a run on two hundred hosts needs all three.
 */
export class RowsRenderer implements ListrRenderer {
  // Whether to draw on this stream is decided by who chose this kind of output.
  static nonTTY = true;
  static rendererOptions: RowsOptions;
  static rendererTaskOptions: never;

  readonly #options: RowsOptions;
  readonly #spinner = new Spinner();

  constructor(_tasks: readonly unknown[], options: RowsOptions) {
    this.#options = options;
  }

  readonly render = (): void => {
    const { screen, frame, onStart } = this.#options;
    const draw = (above: readonly string[] = []): void =>
      screen.draw(frame(this.#spinner.fetch()), above);
    screen.take();
    this.#spinner.start(draw);
    onStart(draw);
  };

  readonly end = (): void => {
    this.#spinner.stop();
    this.#options.onEnd();
    this.#options.screen.release();
  };
}
