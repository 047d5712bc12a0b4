import { expect, it } from "vitest";
import { type Facts, factsProbe } from "../../../src/facts.ts";
import { gatherFacts } from "../../../src/run/gather-facts.ts";
import { newHostState } from "../../../src/run/host-state.ts";
import { remoteTo } from "../../../src/run/remote.ts";
import type { RunContext } from "../../../src/run/run-context.ts";
import { fakeHost, fakeTransport } from "../../support/fake-host.ts";

const stdout = "id=rocky\nversion=9.4\nkernel=5.14\n";

const gather = async (cached: ReadonlyMap<string, Facts>) => {
  const host = fakeHost({ [factsProbe.command.script]: () => ({ stdout }) });
  const kept = new Map(cached);
  const context = {
    transport: fakeTransport({ one: host }),
    factsCache: {
      get: (name: string) => kept.get(name),
      set: (name: string, facts: Facts) => kept.set(name, facts),
    },
    emit: () => {},
    signal: new AbortController().signal,
  } as unknown as RunContext;
  const state = newHostState(remoteTo({ name: "one", connection: { address: "one" } }), [], {
    started: true,
  });
  await gatherFacts(state, context);
  return { facts: state.facts, kept, connects: host.connects };
};

it("asks a host whose facts are not cached, and caches them", async () => {
  const { facts, kept, connects } = await gather(new Map());
  expect(facts?.distribution).toBe("rocky");
  expect(kept.get("one")).toBe(facts);
  expect(connects).toBe(1);
});

it("does not ask a host whose facts are cached", async () => {
  const known = factsProbe.parse({ stdout, stderr: "", exitCode: 0, truncated: false });
  const { facts, connects } = await gather(new Map([["one", known]]));
  expect(facts).toBe(known);
  expect(connects).toBe(0);
});
