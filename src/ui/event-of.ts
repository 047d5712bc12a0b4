import type { RunEvent } from "../run/events.ts";

/** An event that concerns one host. */
export type HostEvent = Extract<RunEvent, { host: string }>;

/** An event by its type: `EventOf<"task-end">`. */
export type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;
