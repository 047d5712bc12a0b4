import type { HostRecap, RunEvent } from "../run/events.ts";
import { cleanLine } from "../ui/clean-text.ts";
import type { EventOf } from "../ui/event-of.ts";
import { hostLines } from "../ui/host-lines.ts";
import { createLook, type Look } from "../ui/look.ts";

/** What a {@link RunLog} is given. */
export interface RunLogOptions {
  /** Adds text to the end of a host's log; never throws. */
  readonly append: (host: string, text: string) => void;
  /** A clock in milliseconds since 1970. */
  readonly now: () => number;
  /** How many times `-v` was given; what `-v` shows is always there. */
  readonly verbosity: number;
}

const recapLine = (recap: HostRecap, { ms, interrupted }: EventOf<"recap">): string => {
  const counts = Object.entries(recap)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  const end = interrupted ? ", interrupted" : "";
  return `recap: ${counts.join(", ") || "nothing done"}${end} (run of ${ms} ms)`;
};

/** Writes what happens to each host into its own log: a line each, with the time before it. */
export class RunLog {
  readonly #options: RunLogOptions;
  readonly #look: Look;
  #check = false;

  constructor(options: RunLogOptions) {
    this.#options = options;
    const verbosity = Math.max(1, options.verbosity);
    this.#look = createLook({ color: false, verbosity, showDiff: true }, Number.POSITIVE_INFINITY);
  }

  readonly emit = (event: RunEvent): void => {
    switch (event.type) {
      case "run-start": {
        this.#check = event.check;
        const mode = event.check ? " (check mode)" : "";
        this.#write(event.hosts, [`=== run ${cleanLine(event.playbook)}${mode}`]);
        return;
      }
      case "play-start":
        this.#write(event.hosts, [`play: ${cleanLine(event.play)}`]);
        return;
      case "play-end":
        return;
      case "recap":
        for (const [host, recap] of Object.entries(event.hosts)) {
          this.#write([host], [recapLine(recap, event)]);
        }
        return;
      default: {
        const context = { look: this.#look, check: this.#check, headings: true };
        this.#write([event.host], hostLines(event, context));
      }
    }
  };

  #write(hosts: readonly string[], lines: readonly string[]): void {
    if (lines.length === 0) return;
    const time = new Date(this.#options.now()).toISOString();
    const text = lines.map((line) => `${`${time} ${line}`.trimEnd()}\n`).join("");
    for (const host of hosts) this.#options.append(host, text);
  }
}
