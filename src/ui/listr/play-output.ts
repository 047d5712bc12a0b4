import { figures } from "listr2";
import { cleanLine } from "../clean-text.ts";
import { counted } from "../counted.ts";
import type { EventOf, HostEvent } from "../event-of.ts";
import { createLook, type Look } from "../look.ts";
import { isFollowed, plainLines } from "../plain-lines.ts";
import { clockOf, type RenderOptions } from "../render-options.ts";
import { textWidth } from "../text-width.ts";
import { frameLines, overflows } from "./frame.ts";
import { HostProgress } from "./host-progress.ts";
import { hostSummary } from "./host-summary.ts";
import type { LiveScreen } from "./live-screen.ts";
import { PlayView } from "./play-view.ts";

/** What a play's output needs to know of its run. */
export interface PlayOutputOptions {
  readonly options: RenderOptions;
  readonly screen: LiveScreen;
  readonly check: boolean;
}

/** One play: takes the events of its hosts, shows their rows and leaves their summaries behind. */
export class PlayOutput {
  readonly #context: PlayOutputOptions;
  readonly #hosts: ReadonlyMap<string, HostProgress>;
  readonly #view: PlayView;
  readonly #now: () => number;
  /** Hosts that ended without a word because they are too many, by how they ended. */
  readonly #quiet = { ok: 0, stopped: 0 };

  constructor({ play, hosts }: EventOf<"play-start">, context: PlayOutputOptions) {
    const { options, screen, check } = context;
    this.#context = context;
    this.#now = clockOf(options);
    this.#hosts = new Map(hosts.map((host) => [host, new HostProgress(host)]));
    const rows = [...this.#hosts.values()];
    const { paint } = this.#look;
    this.#view = new PlayView(hosts, screen, (spinner) =>
      frameLines(rows, { columns: screen.columns, rows: screen.rows, spinner, paint }),
    );
    const mode = check ? paint.cyan("  check mode") : "";
    const size = paint.dim(counted(hosts.length, "host"));
    this.#view.print(["", `${paint.bold(cleanLine(play))}  ${size}${mode}`]);
  }

  get #look(): Look {
    return createLook(this.#context.options, this.#context.screen.columns);
  }

  /** Whether a host takes part in the play. */
  has(host: string): boolean {
    return this.#hosts.has(host);
  }

  /** Shows the play until {@link close} is called or all hosts have ended. */
  run(): Promise<void> {
    return this.#view.run();
  }

  apply(event: HostEvent): void {
    const progress = this.#hosts.get(event.host);
    if (progress === undefined) return;
    progress.apply(event, this.#now());
    if (isFollowed(event, this.#context.options.follow)) this.#follow(event);
    if (event.type !== "host-end") return;
    this.#summarize(event, progress);
    this.#view.end(event.host, event.status === "ok");
  }

  /** Nothing more will come: the rows go, the summaries stay. */
  close(): void {
    const { paint } = this.#look;
    const { ok, stopped } = this.#quiet;
    if (ok > 0) this.#view.print([`${paint.green(figures.tick)} ${counted(ok, "host")} unchanged`]);
    if (stopped > 0) {
      const icon = paint.yellow(figures.squareSmallFilled);
      this.#view.print([`${icon} ${counted(stopped, "host")} stopped, for another host failed`]);
    }
    this.#view.close();
  }

  #summarize(event: EventOf<"host-end">, progress: HostProgress): void {
    const { options, screen, check } = this.#context;
    const { status } = event;
    const many = overflows(this.#hosts.size, screen.rows);
    const plain = options.verbosity === 0 && event.host !== options.follow;
    const uneventful = progress.count("changed") === 0 && progress.failures.length === 0;
    if (many && plain && uneventful && (status === "ok" || status === "stopped")) {
      this.#quiet[status] += 1;
      return;
    }
    const nameWidth = Math.max(...[...this.#hosts.keys()].map(textWidth));
    const context = { look: this.#look, check, nameWidth, now: this.#now() };
    const lines = hostSummary(event, progress, context);
    // Of a host that was followed all is there but the sum.
    this.#view.print(event.host === options.follow ? lines.slice(0, 1) : lines);
  }

  #follow(event: HostEvent): void {
    if (event.type === "host-end") return;
    const { check, options } = this.#context;
    const { follow } = options;
    this.#view.print(plainLines(event, { look: this.#look, check, plays: 1, follow }));
  }
}
