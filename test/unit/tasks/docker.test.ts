import { describe, expect, it, onTestFinished } from "vitest";
import { sh } from "weft";
import { inspectNamed } from "../../../tasks/docker/inspect-named.ts";
import { dockerEngine } from "../../../tasks/docker.ts";
import { answer, changesOf, summaries } from "./answer.ts";
import { fakeProgram, runHere, scratchFolder, shells } from "./on-this-machine.ts";

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

describe("containers by their names", () => {
  const ask = (shell: (typeof shells)[number]["shell"], docker: string, isNew: boolean) => {
    const bin = scratchFolder(onTestFinished);
    fakeProgram(bin, "docker", docker);
    fakeProgram(bin, "sed", 'exec /bin/sed "$@"');
    if (isNew) fakeProgram(bin, "dockerd", "");
    const script = sh`PATH=${bin}; ${inspectNamed}
inspect_containers '{{.Id}}' a1 a2; echo "$?"; inspect_named a1 '{{.Id}}'; echo "$?"`;
    return runHere(script, shell).stdout;
  };

  it.each(shells)("are asked for by their type: $name", ({ shell }) => {
    expect(ask(shell, 'echo "$*"', true)).toBe(`inspect --type container --format {{.Id}} a1 a2
0
inspect --type container --format {{if eq .Name "/a1"}}{{.Id}}{{end}} a1
0
`);
  });

  // What it says of a container with another name is an empty line.
  const old = `case $1 in
  ps) echo "$ids" ;;
  inspect) [ "$2" = --type ] && exit 2; printf '%s\\n\\n' "$*" ;;
esac`;

  it.each(shells)("are picked from all where Docker knows no types: $name", ({ shell }) => {
    expect(
      ask(shell, `ids='1f 2e'\n${old}`, false),
    ).toBe(`inspect --format {{if eq .Name "/a1" "/a2"}}{{.Id}}{{end}} 1f 2e
0
inspect --format {{if eq .Name "/a1"}}{{if eq .Name "/a1"}}{{.Id}}{{end}}{{end}} 1f 2e
0
`);
  });

  it.each(shells)("are none where it has no container: $name", ({ shell }) => {
    expect(ask(shell, `ids=\n${old}`, false)).toBe("0\n0\n");
  });

  it.each(shells)("are not missing where it does not answer: $name", ({ shell }) => {
    expect(ask(shell, "exit 1", false)).toBe("1\n1\n");
  });
});
