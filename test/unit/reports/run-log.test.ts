import { describe, expect, it } from "vitest";
import { RunLog } from "../../../src/reports/run-log.ts";
import { eventfulRun, playEvents } from "../../support/eventful-run.ts";

const logs = new Map<string, string>();
playEvents(eventfulRun, (now) => {
  const append = (host: string, text: string): void => {
    logs.set(host, (logs.get(host) ?? "") + text);
  };
  return new RunLog({ append, now, verbosity: 0 }).emit;
});

describe("run log", () => {
  it("has everything of one host, with times", () => {
    expect(logs.get("web1.example.org")?.split("\n")).toEqual([
      "2026-01-02T03:04:05.678Z === run playbooks/mesh.ts",
      "2026-01-02T03:04:05.678Z play: Build the mesh 1.0",
      "2026-01-02T03:04:05.778Z connected 0.1s",
      "2026-01-02T03:04:05.828Z facts 0.1s",
      "2026-01-02T03:04:05.828Z task 1: bridge",
      "2026-01-02T03:04:06.028Z ok: bridge 0.2s",
      "2026-01-02T03:04:06.028Z task 2: bridge",
      "2026-01-02T03:04:06.028Z now: write /etc/mesh",
      "2026-01-02T03:04:06.028Z | writing",
      "2026-01-02T03:04:07.028Z changed: bridge (write /etc/mesh) 1.0s",
      "2026-01-02T03:04:07.028Z     --- /etc/mesh (before)",
      "2026-01-02T03:04:07.028Z     +++ /etc/mesh (after)",
      "2026-01-02T03:04:07.028Z     @@ -1,2 +1,2 @@",
      "2026-01-02T03:04:07.028Z     -vni=41",
      "2026-01-02T03:04:07.028Z     +vni=42",
      "2026-01-02T03:04:07.028Z      mtu=1450",
      "2026-01-02T03:04:07.028Z skipped: container",
      "2026-01-02T03:04:07.028Z task 4: old service",
      "2026-01-02T03:04:07.028Z again in 0.5s: old service (attempt 2 of 3): exit code 5",
      "2026-01-02T03:04:07.528Z failed, ignored: old service 0.5s",
      "2026-01-02T03:04:07.528Z     no such service",
      "2026-01-02T03:04:07.528Z",
      "2026-01-02T03:04:07.528Z       exit code 5",
      "2026-01-02T03:04:07.528Z failed, rescued: upgrade 0.0s",
      "2026-01-02T03:04:07.528Z     no space left",
      "2026-01-02T03:04:07.828Z recap: 1 ok, 1 changed, 1 skipped, 1 ignored, 1 rescued, interrupted (run of 2150 ms)",
      "",
    ]);
  });

  it("tells of interruption and of hosts that do not answer", () => {
    expect(logs.get("lab-2")).toMatch(
      /now: ask all peers\n.*\| asking\n.*interrupted, 2 tasks not/,
    );
    expect(logs.get("dead")).toMatch(/ unreachable\n.* {5}no answer\n[\s\S]*Try: Is it up\?\n/);
  });

  it("has a line for each line, with nothing that a terminal would obey", () => {
    for (const text of logs.values()) {
      expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
      expect(
        text
          .trimEnd()
          .split("\n")
          .filter((line) => !/^2026-01-02T/.test(line)),
      ).toEqual([]);
    }
  });
});
