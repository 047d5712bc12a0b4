import { describe, expect, it } from "vitest";
import { TaskError } from "weft";
import { parseService, planService, type ServiceState, service } from "../../../tasks/service.ts";
import { answer, summaries } from "./answer.ts";

const state = (running: boolean, file: string): ServiceState => ({
  manager: "systemd",
  running,
  file,
});

describe("service", () => {
  it.each<[string, string, ServiceState]>([
    [
      "running and enabled",
      "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n",
      state(true, "enabled"),
    ],
    [
      "failed",
      "LoadState=loaded\nActiveState=failed\nUnitFileState=disabled\n",
      state(false, "disabled"),
    ],
    [
      "absent",
      "LoadState=not-found\nActiveState=inactive\nUnitFileState=\n",
      state(false, "absent"),
    ],
    [
      "made from a SysV script, where is-enabled has the last word",
      "LoadState=loaded\nActiveState=active\nUnitFileState=bad\nUnitFileState=enabled\n",
      state(true, "enabled"),
    ],
    [
      "SysV, running",
      "status=0\nenabled=yes\n",
      { manager: "sysv", running: true, file: "enabled" },
    ],
    [
      "SysV, dead with a pid file",
      "status=1\nenabled=no\n",
      { manager: "sysv", running: false, file: "disabled" },
    ],
    ["SysV, absent", "status=absent\n", { manager: "sysv", running: false, file: "absent" }],
  ])("reads an answer: %s", (_, stdout, expected) => {
    expect(parseService(stdout)).toEqual(expected);
  });

  it.each([
    ["no answer", ""],
    ["SysV, unknown status", "status=4\nenabled=yes\n"],
  ])("throws on %s", (_, stdout) => {
    expect(() => service({ unit: "docker" }).probe.parse(answer(stdout))).toThrow(TaskError);
  });

  it.each([
    [{}, state(true, "enabled"), []],
    [{}, state(true, "alias"), []],
    [{}, state(false, "absent"), ["enable docker", "start docker"]],
    [{}, state(false, "enabled"), ["start docker"]],
    [{}, state(true, "enabled-runtime"), ["enable docker"]],
    [{ running: false, enabled: false }, state(true, "enabled"), ["disable docker", "stop docker"]],
    [{ running: false, enabled: false }, state(false, "absent"), []],
    [{ running: false, enabled: false }, state(false, "static"), []],
  ])("plans for %j in state %j", (wanted, now, expected) => {
    expect(summaries(planService({ unit: "docker", ...wanted }, now))).toEqual(expected);
  });

  it.each(["static", "masked"])("says that a %s unit cannot be enabled", (file) => {
    expect(() => planService({ unit: "docker" }, state(false, file))).toThrow(TaskError);
  });
});
