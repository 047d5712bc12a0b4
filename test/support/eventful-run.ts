import type { RunEvent } from "../../src/run/events.ts";

const play = "Build the mesh 1.0";
const web = "web1.example.org";

/** What must never be taken for markup, nor break a parser. */
export const hostile = `</script></pre>]]><img src=x onerror="alert('&')">\u0000\u001b[31m\uffff\ud800`;

const task = (host: string, title: string, index: number) => ({ play, host, task: title, index });

/** A run with every status and every kind of event; a number is a pause in milliseconds. */
export const eventfulRun: readonly (RunEvent | number)[] = [
  {
    type: "run-start",
    playbook: "playbooks/mesh.ts",
    hosts: [web, "lab-2", hostile, "dead"],
    plays: [play],
    check: false,
  },
  { type: "play-start", play, index: 0, hosts: [web, "lab-2", hostile, "dead"] },

  { type: "host-connect", host: web },
  100,
  { type: "host-connected", host: web, ms: 100 },
  50,
  { type: "facts", host: web, ms: 50, cached: false },
  { type: "host-start", play, host: web, tasks: 6 },
  { type: "task-start", ...task(web, "bridge", 0) },
  { type: "probe", host: web, tasks: 6 },
  200,
  { type: "probe-task", host: web, task: "bridge" },
  { type: "task-end", ...task(web, "bridge", 0), status: "ok", changes: [], ms: 200 },
  { type: "task-start", ...task(web, "bridge", 1) },
  { type: "change", host: web, task: "bridge", summary: "write /etc/mesh" },
  { type: "output", host: web, task: "bridge", line: "\u001b[1mwriting\u001b[0m" },
  1000,
  {
    type: "task-end",
    ...task(web, "bridge", 1),
    status: "changed",
    changes: [
      {
        summary: "write /etc/mesh",
        diff: { subject: "/etc/mesh", before: "vni=41\nmtu=1450\n", after: "vni=42\nmtu=1450\n" },
      },
    ],
    report: "1 of 1 pings answered",
    ms: 1000,
  },
  { type: "task-end", ...task(web, "container", 2), status: "skipped", changes: [], ms: 0 },
  { type: "task-start", ...task(web, "old service", 3) },
  {
    type: "retry",
    host: web,
    task: "old service",
    attempt: 2,
    attempts: 3,
    delayMs: 500,
    reason: "exit code 5",
  },
  500,
  {
    type: "task-end",
    ...task(web, "old service", 3),
    status: "ignored",
    changes: [],
    failure: { message: "no such service", exitCode: 5 },
    ms: 500,
  },
  {
    type: "task-end",
    ...task(web, "upgrade", 4),
    status: "rescued",
    changes: [],
    failure: { message: "no space left" },
    ms: 0,
  },
  { type: "host-end", play, host: web, status: "ok", remaining: 0 },

  { type: "host-connect", host: "lab-2" },
  { type: "host-connected", host: "lab-2", ms: 0 },
  { type: "host-start", play, host: "lab-2", tasks: 3 },
  { type: "task-start", ...task("lab-2", "verify", 0) },
  { type: "change", host: "lab-2", task: "verify", summary: "ask all peers" },
  { type: "output", host: "lab-2", task: "verify", line: "asking" },
  300,
  { type: "host-end", play, host: "lab-2", status: "interrupted", remaining: 2 },

  { type: "host-connect", host: hostile },
  { type: "host-connected", host: hostile, ms: 0 },
  { type: "host-start", play, host: hostile, tasks: 1 },
  { type: "task-start", ...task(hostile, hostile, 0) },
  { type: "change", host: hostile, task: hostile, summary: hostile },
  { type: "output", host: hostile, task: hostile, line: hostile },
  {
    type: "task-end",
    ...task(hostile, hostile, 0),
    status: "failed",
    changes: [{ summary: hostile, diff: { subject: hostile, before: "", after: `${hostile}\n` } }],
    failure: {
      message: hostile,
      command: hostile,
      exitCode: 1,
      output: hostile,
      hint: hostile,
      stack: hostile,
    },
    ms: 2000,
  },
  { type: "host-end", play, host: hostile, status: "failed", remaining: 0 },

  { type: "host-connect", host: "dead" },
  { type: "unreachable", host: "dead", failure: { message: "no answer", hint: "Is it up?" } },
  { type: "host-end", play, host: "dead", status: "unreachable", remaining: 0 },
  { type: "play-end", play, index: 0 },
  {
    type: "recap",
    hosts: Object.fromEntries(
      [web, "lab-2", hostile, "dead"].map((host) => [
        host,
        {
          ok: host === web ? 1 : 0,
          changed: host === web ? 1 : 0,
          failed: host === hostile ? 1 : 0,
          unreachable: host === "dead" ? 1 : 0,
          skipped: host === web ? 1 : 0,
          ignored: host === web ? 1 : 0,
          rescued: host === web ? 1 : 0,
        },
      ]),
    ),
    ms: 2150,
    check: false,
    interrupted: true,
  },
];

/** The time at which {@link playEvents} begins, in milliseconds since 1970. */
export const BEGAN = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

/** Hands events over, with a clock that stands still between the pauses. */
export const playEvents = (
  events: readonly (RunEvent | number)[],
  consumer: (now: () => number) => (event: RunEvent) => void,
): void => {
  let clock = BEGAN;
  const emit = consumer(() => clock);
  for (const event of events) {
    if (typeof event === "number") clock += event;
    else emit(event);
  }
};
