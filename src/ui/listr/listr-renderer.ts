import { figures } from "listr2";
import type { RunEvent } from "../../run/events.ts";
import type { EventOf, HostEvent } from "../event-of.ts";
import { failureBlock } from "../failure-block.ts";
import { indent } from "../indent.ts";
import { createLook, type Look } from "../look.ts";
import { Profile } from "../profile.ts";
import { recapTable } from "../recap-table.ts";
import { clockOf, type RenderOptions } from "../render-options.ts";
import type { Renderer } from "../renderer.ts";
import { type Report, reportBlocks } from "../report-block.ts";
import { LiveScreen } from "./live-screen.ts";
import { PlayOutput } from "./play-output.ts";

/** Lines of the recap that are no host's: the folding of its rows leaves room for them. */
const RECAP_EXTRA = 4;

class ListrOutput implements Renderer {
  readonly #options: RenderOptions;
  readonly #screen: LiveScreen;
  readonly #reports: Report[] = [];
  readonly #profile: Profile | undefined;
  #run: Pick<EventOf<"run-start">, "hosts" | "check"> = { hosts: [], check: false };
  #play: PlayOutput | undefined;
  // A list of listr2 ends later than its last event: what follows waits for its turn.
  #queue: Promise<void> = Promise.resolve();

  constructor(options: RenderOptions) {
    this.#options = options;
    this.#screen = new LiveScreen(options);
    if (options.profile === true) this.#profile = new Profile(clockOf(options));
  }

  readonly emit = (event: RunEvent): void => {
    this.#profile?.add(event);
    switch (event.type) {
      case "run-start":
        this.#run = event;
        return;
      case "play-start":
        this.#startPlay(event);
        return;
      case "play-end":
        this.#endPlay();
        return;
      case "recap":
        this.#recap(event);
        return;
      default:
        this.#hostEvent(event);
    }
  };

  async close(): Promise<void> {
    this.#endPlay();
    // A run that broke off has no recap, but what its tasks reported is still worth reading.
    this.#printReports();
    await this.#queue;
    await this.#screen.flush();
  }

  get #look(): Look {
    return createLook(this.#options, this.#screen.columns);
  }

  #startPlay(event: EventOf<"play-start">): void {
    this.#endPlay();
    const { check } = this.#run;
    const play = new PlayOutput(event, { options: this.#options, screen: this.#screen, check });
    this.#play = play;
    this.#queue = this.#queue.then(() => play.run());
  }

  #endPlay(): void {
    this.#play?.close();
    this.#play = undefined;
  }

  #hostEvent(event: HostEvent): void {
    if (event.type === "task-end" && event.report !== undefined) {
      this.#reports.push({ host: event.host, task: event.task, text: event.report });
    }
    if (this.#play?.has(event.host) === true) this.#play.apply(event);
    else this.#outsidePlay(event);
  }

  #outsidePlay(event: HostEvent): void {
    if (event.type !== "unreachable" && event.type !== "host-failed") return;
    const look = this.#look;
    const word = event.type === "unreachable" ? "unreachable" : "failed";
    this.#printNext([
      look.paint.red(`${figures.cross} ${event.host}  ${word}`),
      "",
      ...indent(failureBlock(event.failure, { ...look, width: look.width - 5 }), 4),
      "",
    ]);
  }

  #printReports(): void {
    this.#printNext(reportBlocks(this.#reports.splice(0), this.#run.hosts, this.#look));
  }

  #recap(event: EventOf<"recap">): void {
    this.#endPlay();
    this.#printReports();
    this.#printNext(["", ...recapTable(event, this.#look, this.#screen.rows - RECAP_EXTRA)]);
    this.#printNext(this.#profile?.lines(this.#look) ?? []);
  }

  #printNext(lines: readonly string[]): void {
    if (lines.length > 0) this.#queue = this.#queue.then(() => this.#screen.print(lines));
  }
}

/**
 * For a terminal: a row a host that moves while the host works. What is worth keeping is printed
 * above the rows, and stays.
 */
export const createListrRenderer = (options: RenderOptions): Renderer => new ListrOutput(options);
