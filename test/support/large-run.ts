import type { HostRecap, RunEvent } from "../../src/run/events.ts";
import { noCounts } from "../../src/run/host-state.ts";

const play = "Configure the fleet";

/** One host's events: most tasks hold already, a few change something, one in forty hosts fails. */
const hostEvents = (
  host: string,
  number: number,
  tasks: number,
): { readonly events: readonly (RunEvent | number)[]; readonly recap: HostRecap } => {
  const counts = noCounts();
  const events: (RunEvent | number)[] = [
    { type: "host-connect", host },
    20 + (number % 9) * 10,
    { type: "host-connected", host, ms: 20 + (number % 9) * 10 },
    { type: "host-start", play, host, tasks },
    { type: "probe", host, tasks },
    100 + (number % 7) * 20,
  ];
  for (let index = 0; index < tasks; index += 1) {
    const task = `task ${index + 1} of the fleet`;
    const common = { play, host, task, index };
    const fails = number % 40 === 39 && index === Math.floor(tasks / 2);
    const changes = (number + index) % 5 === 0;
    const ms = changes ? 150 + ((number * 7 + index * 13) % 40) * 20 : 0;
    const status = fails ? "failed" : changes ? "changed" : "ok";
    counts[status] += 1;
    const diff = { subject: `/etc/fleet/${index}`, before: "a\nb\n", after: `a\n${number}\n` };
    events.push({ type: "task-start", ...common }, ms, {
      ...{ type: "task-end", ...common, status, ms },
      changes: changes ? [{ summary: `write /etc/fleet/${index}`, diff }] : [],
      ...(fails && { failure: { message: `no space left on ${host}`, exitCode: 1 } }),
    });
    if (fails) break;
  }
  events.push({
    type: "host-end",
    play,
    host,
    status: counts.failed ? "failed" : "ok",
    remaining: 0,
  });
  return { events, recap: counts };
};

/** The events of a run over many hosts, thirty at a time, with pauses in milliseconds between them. */
export const largeRun = (hosts: number, tasks: number): readonly (RunEvent | number)[] => {
  const names = Array.from(
    { length: hosts },
    (_, index) => `web${String(index + 1).padStart(3, "0")}.example.org`,
  );
  const runs = names.map((name, number) => hostEvents(name, number, tasks));
  const queue = [...runs];
  const timed: { at: number; event: RunEvent }[] = [];
  const lanes = Array.from({ length: 30 }, () => 0);
  for (const { events } of queue) {
    const lane = lanes.indexOf(Math.min(...lanes));
    let at = lanes[lane] ?? 0;
    for (const event of events) {
      if (typeof event === "number") at += event;
      else timed.push({ at, event });
    }
    lanes[lane] = at;
  }
  timed.sort((a, b) => a.at - b.at);
  let before = 0;
  const inOrder = timed.flatMap(({ at, event }) => {
    const pause = at - before;
    before = at;
    return pause > 0 ? [pause, event] : [event];
  });
  return [
    {
      type: "run-start",
      playbook: "playbooks/fleet.ts",
      hosts: names,
      plays: [play],
      check: false,
    },
    { type: "play-start", play, index: 0, hosts: names },
    ...inOrder,
    { type: "play-end", play, index: 0 },
    {
      type: "recap",
      hosts: Object.fromEntries(
        names.map((name, index) => [name, runs[index]?.recap as HostRecap]),
      ),
      ms: before,
      check: false,
      interrupted: false,
    },
  ];
};
