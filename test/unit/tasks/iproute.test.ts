import { describe, expect, it } from "vitest";
import { iproute } from "../../../tasks/iproute.ts";
import { answer, summaries } from "./answer.ts";

const task = iproute();
const plan = (stdout: string) => task.plan(task.probe.parse(answer(stdout)));

describe("iproute", () => {
  it("leaves an ip that knows network namespaces", () => {
    expect(plan("netns=yes\n")).toEqual([]);
  });

  it("upgrades to the version on offer, and names both", () => {
    const changes = plan("netns=no\ninstalled 6.1.0-0.nonetns.el9\noffer iproute 6.1.0-1.el9\n\n");
    expect(summaries(changes)).toEqual(["upgrade iproute 6.1.0-0.nonetns.el9 to 6.1.0-1.el9"]);
    expect(changes[0]?.command.script).toContain("dnf -y -q install iproute-6.1.0-1.el9\n");
  });

  it("installs it where it is missing", () => {
    expect(summaries(plan("netns=no\noffer iproute 6.1.0-1.el9\n"))).toEqual([
      "install iproute 6.1.0-1.el9",
    ]);
  });

  it("says what is there and where to find a newer one", () => {
    expect(() =>
      plan("netns=no\ninstalled 2.6.32-57.el6\noffers=yum\nError: No matching Packages to list\n"),
    ).toThrow(/2\.6\.32-57\.el6 cannot do ip netns/);
  });

  it("throws on any other answer", () => {
    expect(() => plan("")).toThrow(/cannot be understood/);
  });
});
