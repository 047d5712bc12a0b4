import { describe, expect, it } from "vitest";
import { dockerEngine } from "../../../tasks/docker.ts";
import { answer, changesOf, summaries } from "./answer.ts";

const plan = (stdout: string) => changesOf(dockerEngine(), 0, answer(stdout));

describe("dockerEngine", () => {
  it.each([
    ["leaves what is there", "installed\n", []],
    [
      "prefers Docker's own package",
      "offer docker 1.13.1-209.el7\noffer docker-ce 27.3.1-1.el9\n",
      ["install docker-ce 27.3.1-1.el9"],
    ],
    ["takes what is on offer", "offer docker-io 1.7.1-2.el6\n", ["install docker-io 1.7.1-2.el6"]],
  ])("%s", (_, stdout, expected) => {
    expect(summaries(plan(stdout))).toEqual(expected);
  });

  it("does not take podman-docker for Docker, installed or on offer", () => {
    expect(() => plan("impostor\n")).toThrow(/podman-docker stands in for docker/);
    expect(() => plan("offer podman-docker 4.9.4-1.el9\n")).toThrow(/no repository/);
  });

  it("has its service enabled and running", () => {
    const installed = answer("LoadState=loaded\nActiveState=inactive\nUnitFileState=disabled\n");
    expect(summaries(changesOf(dockerEngine(), 1, installed))).toEqual([
      "enable docker",
      "start docker",
    ]);
  });
});
