import { describe, expect, it } from "vitest";
import { container } from "../../../tasks/container.ts";
import { answer, summaries } from "./answer.ts";

const options = {
  name: "a1",
  image: "weft/busybox:1",
  archive: "/images/busybox.tar",
  command: ["sleep", "infinity"],
  network: "none",
} as const;
const task = container(options);

const declarationOf = (of = task): string =>
  /weft\.declaration=([0-9a-f]{16})/.exec(
    of.plan({ container: undefined, image: true, restarts: ["always"] })[0]?.command.script ?? "",
  )?.[1] ?? "";

const found = (words: string, image = "") => answer(`status=0\ncontainer ${words}.\n${image}`);
const missing = answer(
  "status=1\ncontainer \n[]\n",
  "\nError: No such container: a1\nError: No such image: weft/busybox:1\n",
  0,
);
const planned = (result: ReturnType<typeof answer>) => task.plan(task.probe.parse(result));

describe("container", () => {
  it("loads the image and makes the container on a host that has neither", () => {
    const [load, create, ...others] = planned(missing);
    expect(others).toEqual([]);
    expect(load?.summary).toBe("load image weft/busybox:1 from busybox.tar");
    expect(load?.stdin).toEqual({ file: "/images/busybox.tar" });
    expect(create?.summary).toBe("create container a1");
    expect(create?.command.script).toBe(
      `docker run --detach --name a1 --label weft.declaration=${declarationOf()} --net none --restart unless-stopped weft/busybox:1 sleep infinity >/dev/null`,
    );
  });

  it("pulls an image that comes without an archive", () => {
    const plain = container({ ...options, archive: undefined });
    expect(
      summaries(plain.plan({ container: undefined, image: false, restarts: ["unless-stopped"] })),
    ).toEqual(["pull image weft/busybox:1", "create container a1"]);
  });

  it.each([
    ["Docker is not installed", answer("")],
    [
      "its engine does not run",
      answer(
        "status=1\ncontainer \n",
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n",
      ),
    ],
    [
      "the engine of an old one does not run",
      answer(
        "status=1\ncontainer \ndocker=old\n",
        "Get http:///var/run/docker.sock/v1.19/containers/json?all=1: dial unix /var/run/docker.sock: no such file or directory. Are you trying to connect to a TLS-enabled daemon without TLS?\n",
      ),
    ],
  ])("plans for an empty host where %s", (_, result) => {
    expect(summaries(planned(result))).toHaveLength(2);
  });

  it.each([
    ["runs as declared", `true unless-stopped ${declarationOf()}`, []],
    ["is stopped", `false unless-stopped ${declarationOf()}`, ["start container a1"]],
    [
      "does not start with the host",
      `true no ${declarationOf()}`,
      ["have container a1 start with the host"],
    ],
    [
      "has another declaration",
      "true unless-stopped 0123456789abcdef",
      [
        "load image weft/busybox:1 from busybox.tar",
        "make container a1 anew: its declaration has changed",
      ],
    ],
  ])("plans for a container that %s", (_, words, expected) => {
    expect(summaries(planned(found(words)))).toEqual(expected);
  });

  describe("on a Docker before 1.12", () => {
    const old = (words: string) => planned(found(words, "docker=old\n"));

    it("has a container start with the host by the one policy that it knows", () => {
      const [, create] = planned(answer("status=0\ncontainer \ndocker=old\n"));
      expect(create?.command.script).toContain(" --restart always ");
    });

    it.each([["always"], ["unless-stopped"]])("is content with %s", (policy) => {
      expect(old(`true ${policy} ${declarationOf()}`)).toEqual([]);
    });

    it("makes a container anew whose policy it cannot change", () => {
      const [change, ...others] = old(`true no ${declarationOf()}`);
      expect(others).toEqual([]);
      expect(change?.summary).toMatch(/^make container a1 anew: it does not start with the host/);
      expect(change?.command.script).toMatch(/^docker rm --force a1 .* --restart always /);
    });
  });

  it("loads no image that the host has", () => {
    expect(
      summaries(planned(found("true unless-stopped 0123456789abcdef", "image sha256:1\n"))),
    ).toEqual(["make container a1 anew: its declaration has changed"]);
  });

  it.each([
    ["one other container's ID begins", answer("status=0\ncontainer \nimage sha256:1\n")],
    [
      "several containers' IDs begin",
      answer(
        "status=1\ncontainer \nimage sha256:1\n",
        "Error response from daemon: Multiple IDs found with provided prefix: a1\n",
      ),
    ],
  ])("makes a container with whose name %s", (_, result) => {
    expect(summaries(planned(result))).toEqual(["create container a1"]);
  });

  it("leaves alone a container that it did not make", () => {
    expect(() => planned(found("true no "))).toThrow("weft did not make it");
  });

  it("refuses an answer that it does not know", () => {
    expect(() =>
      planned(answer("status=1\ncontainer \n", "permission denied while trying to connect\n")),
    ).toThrow("permission denied");
  });

  it.each([
    ["command", { command: ["sleep", "1"] }],
    ["image", { image: "other" }],
    ["network", { network: "bridge" }],
  ] as const)("has another declaration with another %s", (_, more) => {
    expect(declarationOf(container({ ...options, ...more }))).not.toBe(declarationOf());
  });
});
