import { expect, it } from "vitest";
import { HostBusyError, type LockHolder } from "../../../src/ssh/transport.ts";
import { ends, runToys, toggle, toyHost } from "../../support/toy.ts";

const lock = (more: { waitMs?: number; isDead?: (holder: LockHolder) => boolean } = {}) => ({
  label: "me",
  waitMs: 0,
  describe: ({ label }: LockHolder) => `run of ${label}`,
  isDead: () => false,
  ...more,
});

const held = (holder: LockHolder) => new HostBusyError("one", holder);

const run = (options: {
  busy: HostBusyError[];
  lock: ReturnType<typeof lock>;
  check?: boolean;
}) => {
  const host = toyHost({ a: false });
  host.busy = options.busy;
  return runToys({
    hosts: { one: host },
    plays: [() => [toggle("a")]],
    hooks: { lock: options.lock },
    ...(options.check && { check: true }),
  }).then((done) => ({ ...done, host }));
};

it("refuses a host that another run has, and says who", async () => {
  const { events, result, host } = await run({ busy: [held({ label: "bob" })], lock: lock() });
  expect(result.hosts.one).toMatchObject({ failed: 1, unreachable: 0 });
  expect(events).toContainEqual(
    expect.objectContaining({
      type: "host-failed",
      failure: expect.objectContaining({
        message: "one: another run works on this host: run of bob",
        hint: expect.stringContaining("--lock-wait"),
      }),
    }),
  );
  expect(host.trips.flat().join()).not.toContain("set");
});

it("waits for the other run where it may", async () => {
  const { events, host } = await run({
    busy: [held({ label: "bob" })],
    lock: lock({ waitMs: 5_000 }),
  });
  expect(events).toContainEqual({ type: "host-busy", host: "one", by: "run of bob" });
  expect(ends(events)).toEqual(["one switch a changed"]);
  expect(host.locks).toEqual([{ label: "me" }, { label: "me" }]);
});

it("takes the host from a run that is dead at once", async () => {
  const { events, host } = await run({
    busy: [held({ label: "bob", pid: 7 })],
    lock: lock({ isDead: () => true }),
  });
  expect(ends(events)).toEqual(["one switch a changed"]);
  expect(host.locks).toEqual([{ label: "me" }, { label: "me", takeFrom: 7 }]);
});

it("lets what a dead run left running come to its end", async () => {
  const { events, host } = await run({
    busy: [held({ label: "bob", pid: 7, command: "9 (dnf)" })],
    lock: lock({ isDead: () => true }),
  });
  expect(events.some(({ type }) => type === "host-busy")).toBe(true);
  expect(host.locks).toEqual([{ label: "me" }, { label: "me", takeFrom: 7 }]);
});

it("locks nothing in check mode", async () => {
  const { host } = await run({ busy: [], lock: lock(), check: true });
  expect(host.locks).toEqual([undefined]);
});
