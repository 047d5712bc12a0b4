import { Listr } from "listr2";
import type { LiveScreen } from "./live-screen.ts";
import { RowsRenderer } from "./rows-renderer.ts";

/** A host's place in a play: ended by the run's events. */
interface Slot {
  readonly host: string;
  readonly ended: Promise<boolean>;
  readonly end: (ok: boolean) => void;
}

const createSlot = (host: string): Slot => {
  let end: Slot["end"] = () => {};
  const ended = new Promise<boolean>((resolve) => {
    end = resolve;
  });
  return { host, ended, end };
};

/**
 * One play on the screen: a listr2 list with a task a host. The tasks do no work; each waits for
 * its host to end, and the list is over when all have.
 */
export class PlayView {
  readonly #slots: ReadonlyMap<string, Slot>;
  readonly #screen: LiveScreen;
  readonly #frame: (spinner: string) => readonly string[];
  #draw: ((above: readonly string[]) => void) | undefined;
  readonly #pending: string[] = [];

  constructor(
    hosts: readonly string[],
    screen: LiveScreen,
    frame: (spinner: string) => readonly string[],
  ) {
    this.#slots = new Map(hosts.map((host) => [host, createSlot(host)]));
    this.#screen = screen;
    this.#frame = frame;
  }

  /** Shows the play until all of its hosts have ended. */
  async run(): Promise<void> {
    const tasks = [...this.#slots.values()].map(({ host, ended }) => ({
      title: host,
      task: async (): Promise<void> => {
        if (!(await ended)) throw new Error(`${host} failed`);
      },
    }));
    await new Listr(tasks, {
      concurrent: true,
      exitOnError: false,
      // The command line decides what Ctrl-C does; listr2 would end the process on the spot.
      registerSignalListeners: false,
      renderer: RowsRenderer,
      rendererOptions: {
        screen: this.#screen,
        frame: this.#frame,
        onStart: (draw) => {
          this.#draw = draw;
          this.#flush();
        },
        onEnd: () => {
          this.#flush();
          this.#draw = undefined;
        },
      },
    }).run();
  }

  /**
   * Prints lines above the rows, to stay. Those of one turn of the event loop share a write: a
   * followed host may print thousands at once.
   */
  print(lines: readonly string[]): void {
    if (lines.length === 0) return;
    if (this.#pending.length === 0) setImmediate(() => this.#flush());
    this.#pending.push(...lines);
  }

  /** Before the list has started, and after its end, there is nothing to draw on. */
  #flush(): void {
    if (this.#pending.length > 0) this.#draw?.(this.#pending.splice(0));
  }

  /** A host is through with the play. */
  end(host: string, ok: boolean): void {
    this.#slots.get(host)?.end(ok);
  }

  /** Ends the play for every host that has not ended. */
  close(): void {
    for (const { end } of this.#slots.values()) end(true);
  }
}
