import { describe, expect, it } from "vitest";
import { onChange } from "../../../src/handlers.ts";
import { become, retry, within } from "../../../src/settings.ts";
import { secret } from "../../../src/shell/secret.ts";
import { ends, runToys, toggle, toyHost } from "../../support/toy.ts";

describe("surroundings", () => {
  it("come before probe and change; the nearest count", async () => {
    const around = "export A=1\nexport B=3\numask 027\n";
    const probe = `${around}cd /srv 2>/dev/null || cd /proc/$$/fdinfo\nget a`;
    let on = false;
    const host = toyHost(
      {},
      {
        [probe]: () => ({ stdout: on ? "on" : "off" }),
        [`${around}cd /srv || exit\nset a`]: () => {
          on = true;
          return {};
        },
      },
    );
    const { events } = await runToys({
      hosts: { one: host },
      control: { environment: { A: 1, B: 2 }, umask: "022" },
      plays: [
        () => [
          within(
            { workingDirectory: "/srv", umask: "027" },
            within({ environment: { B: 3 } }, toggle("a")),
          ),
        ],
      ],
    });
    expect(ends(events)).toEqual(["one switch a changed"]);
  });

  it("refuse names and masks that are none, before any host is touched", async () => {
    expect(() => within({ environment: { "A B": "1" } }, toggle("a"))).toThrow('"A B"');
    expect(() => within({ umask: "999" }, toggle("a"))).toThrow("umask");
    const run = runToys({
      hosts: { one: toyHost({}) },
      control: { umask: "9" },
      plays: [() => [toggle("a")]],
    });
    await expect(run).rejects.toThrow('play "play 1", host one: umask');
  });

  it("keep a secret out of what is shown", async () => {
    const host = toyHost({}, { "export A=p4ss\nget a": () => ({ stdout: "p4ss" }) });
    const { events } = await runToys({
      hosts: { one: host },
      plays: [() => [within({ environment: { A: secret("p4ss") } }, toggle("a"))]],
    });
    expect(ends(events)).toEqual(["one switch a failed"]);
  });
});

describe("become", () => {
  it("is the play's, unless a task says otherwise", async () => {
    const host = toyHost({ a: true, b: true, c: true });
    await runToys({
      hosts: { one: host },
      control: { become: true },
      plays: [
        () => [toggle("a"), become({ user: "web" }, toggle("b")), become(false, toggle("c"))],
      ],
    });
    expect(host.trips).toEqual([["root: get a", "web: get b", "get c"]]);
  });

  it("is the play's for handlers, and for those that they ask for", async () => {
    const host = toyHost({ a: false, b: false, c: false, d: false, e: false });
    await runToys({
      hosts: { one: host },
      control: { become: true },
      plays: [
        () => [
          onChange(become(false, toggle("a")), onChange(toggle("b"), toggle("c"))),
          onChange(toggle("d"), become({ user: "web" }, toggle("e"))),
        ],
      ],
    });
    const asked = host.trips.flat();
    expect(asked).toContain("set a");
    expect(asked).toContain("root: set b");
    expect(asked).toContain("root: set c");
    expect(asked).toContain("web: set e");
  });
});

describe("retry", () => {
  it("tries again while a task fails", async () => {
    let left = 2;
    const host = toyHost({ a: false, b: true }, {});
    const set = host.reactions["set a"];
    const flaky = {
      ...host,
      reactions: {
        ...host.reactions,
        "set a": () => {
          left -= 1;
          return left >= 0 ? { exitCode: 1 } : (set?.() ?? {});
        },
      },
    };
    const { events, result } = await runToys({
      hosts: { one: flaky },
      plays: [() => [retry({ retries: 2, delay: 0 }, toggle("a")), toggle("b")]],
    });
    expect(ends(events)).toEqual(["one switch a changed", "one switch b ok"]);
    expect(events.filter(({ type }) => type === "retry")).toMatchObject([
      { attempt: 2, attempts: 3, reason: "could not turn on a" },
      { attempt: 3, attempts: 3 },
    ]);
    expect(result.hosts.one).toMatchObject({ changed: 1, ok: 1, failed: 0 });
  });

  it("tries until the state is as wanted, and says so where it never is", async () => {
    const states = ["off", "off", "on"];
    const host = toyHost({}, { "get a": () => ({ stdout: states.shift() ?? "off" }) });
    const reading = { ...toggle("a"), plan: () => [] };
    const options = { retries: 2, delay: 0, until: (on: boolean) => on };
    const { events } = await runToys({
      hosts: { one: host },
      plays: [() => [retry(options, reading), retry(options, reading)]],
    });
    expect(ends(events)).toEqual(["one switch a ok", "one switch a failed"]);
    expect(events).toContainEqual(
      expect.objectContaining({
        failure: { message: "still not as wanted after 3 attempts\nstate: false" },
      }),
    );
  });

  it("is left alone in check mode", async () => {
    const host = toyHost({ a: false });
    const { events } = await runToys({
      hosts: { one: host },
      check: true,
      plays: [() => [retry({ delay: 0 }, toggle("a"))]],
    });
    expect(ends(events)).toEqual(["one switch a changed"]);
    expect(host.trips).toHaveLength(1);
  });
});
