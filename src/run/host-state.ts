import type { Facts } from "../facts.ts";
import type { Connection, Session } from "../ssh/transport.ts";
import type { CommandResult, Task } from "../task.ts";
import type { HostRecap } from "./events.ts";

type Counts = { -readonly [Key in keyof HostRecap]: HostRecap[Key] };

/** A probe's answer, or why there is none. */
export type Answer = CommandResult | Error;

/** What a run knows of one host. */
export interface HostState {
  readonly name: string;
  readonly connection: Connection;
  /** The tasks of each play, in the playbook's order; `undefined` until facts are at hand. */
  readonly plays: (readonly Task[] | undefined)[];
  readonly counts: Counts;
  status: "active" | "failed" | "unreachable" | "interrupted";
  session: Session | undefined;
  facts: Facts | undefined;
  /** Answers read ahead. */
  answers: ReadonlyMap<Task, Answer>;
  /** How many changes the whole run had made when the answers were asked for. */
  answersAsOf: number;
}

/** A host at the start of a run. */
export const newHostState = (
  name: string,
  connection: Connection,
  plays: (readonly Task[] | undefined)[],
): HostState => ({
  name,
  connection,
  plays,
  counts: { ok: 0, changed: 0, failed: 0, unreachable: 0, skipped: 0 },
  status: "active",
  session: undefined,
  facts: undefined,
  answers: new Map(),
  answersAsOf: -1,
});
