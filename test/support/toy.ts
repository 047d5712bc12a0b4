import * as z from "zod";
import { defineContract, type Groups } from "../../src/inventory/contract.ts";
import type { Inventory } from "../../src/inventory/resolve.ts";
import { type PlayControl, type PlayScope, playbook } from "../../src/playbook.ts";
import type { RunEvent } from "../../src/run/events.ts";
import type { RunHooks } from "../../src/run/run-context.ts";
import { type RunResult, runPlaybook } from "../../src/run/run-playbook.ts";
import type { Selection } from "../../src/run/select-tasks.ts";
import { sh } from "../../src/shell/command.ts";
import { change, type Task, task } from "../../src/task.ts";
import type { TaskList } from "../../src/task-list.ts";
import { type FakeHost, fakeHost, fakeTransport, type Reaction } from "./fake-host.ts";

/** A task that wants one switch on: probe `get NAME`, change `set NAME`. */
export const toggle = (name: string): Task<boolean> =>
  task({
    title: `switch ${name}`,
    probe: {
      command: sh`get ${name}`,
      parse: ({ stdout }) => {
        if (stdout !== "on" && stdout !== "off") throw new Error(`cannot read "${stdout}"`);
        return stdout === "on";
      },
    },
    plan: (on) => change(!on, `turn on ${name}`, sh`set ${name}`),
  });

/** A fake host with switches; `extra` reactions win. */
export const toyHost = (
  switches: Record<string, boolean>,
  extra: Record<string, () => Reaction> = {},
): FakeHost => {
  const reactions: Record<string, () => Reaction> = {};
  for (const name of Object.keys(switches)) {
    reactions[`get ${name}`] = () => ({ stdout: switches[name] ? "on" : "off" });
    reactions[`set ${name}`] = () => {
      switches[name] = true;
      return { stdout: "done\n" };
    };
  }
  return fakeHost({ ...reactions, ...extra });
};

export const toyContract = defineContract({ toys: z.object({}) });

type ToyScope = Pick<PlayScope<Groups, string>, "facts" | "resultOf" | "resultsOf">;

interface ToyRun {
  readonly hosts: Readonly<Record<string, FakeHost>>;
  /** Tasks of each play. */
  readonly plays: readonly ((host: string, scope: ToyScope) => TaskList)[];
  /** Before and after the tasks of every play. */
  readonly pre?: TaskList;
  readonly post?: TaskList;
  /** Hosts that are in the inventory, and in no play. */
  readonly bystanders?: Readonly<Record<string, FakeHost>>;
  readonly hooks?: RunHooks;
  readonly check?: boolean;
  readonly selection?: Selection;
  readonly forceHandlers?: boolean;
  /** For every play. */
  readonly control?: PlayControl;
  readonly forks?: number;
  readonly limit?: readonly string[];
  /** The inventory's. */
  readonly hint?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

/** Runs plays over fake hosts and gathers all events. */
export const runToys = async (run: ToyRun): Promise<{ events: RunEvent[]; result: RunResult }> => {
  const names = Object.keys(run.hosts);
  const inventory: Inventory = {
    file: "toys.ts",
    hosts: [...names, ...Object.keys(run.bystanders ?? {})].map((name) => ({
      name,
      connection: { address: name },
    })),
    groups: new Map([["toys", names.map((name) => ({ name, vars: {} }))]]),
    hint: run.hint,
  };
  const events: RunEvent[] = [];
  const result = await runPlaybook({
    file: "toys.ts",
    playbook: playbook(
      toyContract,
      run.plays.map((tasks, index) => ({
        name: `play ${index + 1}`,
        ...run.control,
        hosts: "toys" as const,
        ...(run.pre && { pre: () => run.pre ?? [] }),
        tasks: (scope: ToyScope & { readonly host: string }) => tasks(scope.host, scope),
        ...(run.post && { post: () => run.post ?? [] }),
      })),
    ),
    inventory,
    limit: run.limit ?? names,
    transport: fakeTransport({ ...run.hosts, ...run.bystanders }),
    ...run.hooks,
    check: run.check ?? false,
    ...(run.selection && { selection: run.selection }),
    ...(run.forceHandlers && { forceHandlers: true }),
    forks: run.forks ?? 32,
    emit: (event) => {
      events.push(event);
      run.onEvent?.(event);
    },
    signal: run.signal ?? new AbortController().signal,
  });
  return { events, result };
};

/** "host task status" of every task's end, in order. */
export const ends = (events: readonly RunEvent[]): string[] =>
  events.flatMap((event) =>
    event.type === "task-end" ? [`${event.host} ${event.task} ${event.status}`] : [],
  );
