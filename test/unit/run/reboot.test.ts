import { expect, it, vi } from "vitest";
import { sh } from "../../../src/shell/command.ts";
import { change, task } from "../../../src/task.ts";
import { runToys, toyHost } from "../../support/toy.ts";

// The pause between two attempts.
vi.mock("node:timers/promises", () => ({ setTimeout: async () => undefined }));

const boot = task({
  title: "boot",
  probe: { command: sh`needed`, parse: ({ exitCode }) => exitCode === 0 },
  plan: (needed) => change(needed, "boot", sh`boot`, { mayDisconnect: "boots" }),
});

it("believes a host that was booted under another boot id only", async () => {
  const ids = ["old", "old", "old", "new"];
  let booted = false;
  const host = toyHost(
    {},
    {
      needed: () => ({ exitCode: booted ? 1 : 0 }),
      "cat /proc/sys/kernel/random/boot_id": () => {
        const id = ids.shift() ?? "new";
        booted = id === "new";
        return { stdout: `${id}\n` };
      },
      boot: () => "lose-connection",
    },
  );
  const { result } = await runToys({ hosts: { one: host }, plays: [() => [boot]] });
  expect(result.hosts.one).toMatchObject({ changed: 1, failed: 0, unreachable: 0 });
  expect(host.connects).toBe(4);
  expect(host.closed).toBe(4);
});

it("asks no boot id where nothing is to be booted", async () => {
  const host = toyHost({}, { needed: () => ({ exitCode: 1 }) });
  const { result } = await runToys({ hosts: { one: host }, plays: [() => [boot]] });
  expect(result.hosts.one).toMatchObject({ ok: 1 });
  expect(host.trips).toEqual([["needed"]]);
});
