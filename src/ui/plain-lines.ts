import type { RunEvent } from "../run/events.ts";
import { cleanLine } from "./clean-text.ts";
import { counted } from "./counted.ts";
import type { EventOf, HostEvent } from "./event-of.ts";
import { belongsAbove, hostLines } from "./host-lines.ts";
import type { Look } from "./look.ts";

/** What the lines of an event depend on besides the event. */
export interface PlainContext {
  readonly look: Look;
  readonly check: boolean;
  /** How many plays the run has. */
  readonly plays: number;
  /** The host that is shown as with `-v`, and with a heading for each task. */
  readonly follow?: string | undefined;
}

const heading = (event: EventOf<"play-start">, { look, check, plays }: PlainContext): string[] => {
  const number = plays > 1 ? ` ${event.index + 1}/${plays}` : "";
  const title = look.paint.bold(`play${number}: ${cleanLine(event.play)}`);
  const mode = check ? ", check mode" : "";
  return [
    ...(event.index > 0 ? [""] : []),
    `${title} (${counted(event.hosts.length, "host")}${mode})`,
  ];
};

/** Whether an event is one of the host that the user follows. */
export const isFollowed = (event: RunEvent, follow: string | undefined): event is HostEvent =>
  follow !== undefined && "host" in event && event.host === follow;

/** The lines that a log gets for an event, each with its host's name. */
export const plainLines = (event: RunEvent, context: PlainContext): string[] => {
  if (event.type === "play-start") return heading(event, context);
  if (!("host" in event)) return [];
  const { look, check, follow } = context;
  const headings = isFollowed(event, follow);
  const verbosity = Math.max(headings ? 1 : 0, look.verbosity);
  const lines = hostLines(event, { look: { ...look, verbosity }, check, headings });
  return lines.map((line) => (belongsAbove(line) ? line : `[${event.host}] ${line}`));
};
