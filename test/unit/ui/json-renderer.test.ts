import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../../src/run/events.ts";
import { createRenderer } from "../../../src/ui/renderer.ts";
import { FakeStream, fakeOptions } from "./fake-stream.ts";

const render = async (events: readonly RunEvent[]): Promise<FakeStream> => {
  const stdout = new FakeStream();
  const renderer = await createRenderer("json", fakeOptions(stdout));
  for (const event of events) renderer.emit(event);
  await renderer.close();
  return stdout;
};

describe("json output", () => {
  it("prints every event as it is, one a line", async () => {
    const events: RunEvent[] = [
      { type: "host-connect", host: "lab-1" },
      { type: "output", host: "lab-1", task: "t", line: "a\nb \u001b[31m \u009b1m" },
      { type: "recap", hosts: {}, ms: 1, check: false, interrupted: false },
    ];
    const { lines } = await render(events);
    expect(lines.map((line) => JSON.parse(line))).toEqual(events);
  });

  it("lets no control character through", async () => {
    const { text } = await render([
      { type: "output", host: "lab-1", task: "t", line: "\u001b[31m\u009b1m\r\u007f" },
    ]);
    expect(text.replace(/\n$/, "")).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  });

  it("survives a reader that went away", async () => {
    const stdout = new FakeStream();
    const renderer = await createRenderer("json", fakeOptions(stdout));
    stdout.destroy(Object.assign(new Error("broken pipe"), { code: "EPIPE" }));
    renderer.emit({ type: "host-connect", host: "lab-1" });
    await expect(renderer.close()).resolves.toBeUndefined();
  });

  it("reports a full disk", async () => {
    const stdout = new FakeStream();
    const renderer = await createRenderer("json", fakeOptions(stdout));
    stdout.destroy(Object.assign(new Error("no space left"), { code: "ENOSPC" }));
    await expect(renderer.close()).rejects.toThrow("no space left");
  });
});
