import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { baseFiles, baseScript } from "../../../src/lab/image/base-files.ts";
import { imageConfig, imageManifest } from "../../../src/lab/image/container-image.ts";
import { personas } from "../../../src/lab/image/personas.ts";
import {
  installedPackages,
  recipeHash,
  repositoryPackages,
} from "../../../src/lab/image/recipe.ts";
import { baseEntriesSpec, specText, upstreamVersion } from "../../../src/lab/image/rpm-spec.ts";
import { dockerIo } from "../../../src/lab/image/rpms/docker.ts";
import { iprouteWithoutNetns } from "../../../src/lab/image/rpms/iproute.ts";

const place = { version: "3.1.0", stage: "/stage", fileList: "/list", noarch: false };
const layers = Object.values(personas);
const packages = [
  ...installedPackages,
  ...repositoryPackages,
  ...layers.flatMap(({ installed, offered }) => [...installed, ...offered]),
];

test.each([
  ["3.1.0-2+deb12u1", "3.1.0"],
  ["20.10.24+dfsg1-1+deb12u1+b6", "20.10.24"],
  ["1.6.20~ds1-1+deb12u3", "1.6.20"],
  ["1:1.35.0-4", "1.35.0"],
  ["4.4.3-P1-2", "4.4.3.P1"],
])("the upstream part of Debian's version %s is %s", (debian, upstream) => {
  expect(upstreamVersion(debian)).toBe(upstream);
});

describe("a spec", () => {
  const named = (name: string): string => {
    const rpm = repositoryPackages.find((candidate) => candidate.name === name);
    if (rpm === undefined) throw new Error(`no ${name}`);
    return specText(rpm, place);
  };

  test("asks for no library by its Debian name", () => {
    for (const rpm of packages) expect(specText(rpm, place)).toContain("\nAutoReqProv: no\n");
  });

  test("has the package's name, version, dependencies and files", () => {
    const spec = named("docker-ce");
    expect(spec).toContain("Name: docker-ce\nVersion: 3.1.0\n");
    expect(spec).toContain("Requires: containerd.io\n");
    expect(spec).toContain("cp -a /stage/. %{buildroot}/");
    expect(spec).toContain("%files -f /list\n");
  });

  test("starts and enables no unit", () => {
    for (const rpm of packages)
      expect(specText(rpm, place)).not.toMatch(/systemctl.*(enable|start) /);
  });

  test("of the base has a sub-package for each entry", () => {
    const spec = baseEntriesSpec([{ name: "bash", version: "5", provides: ["/bin/sh"] }], "el9");
    expect(spec).toContain(
      "%package -n bash\nSummary: bash, as the base image brings it\nVersion: 5\n",
    );
    expect(spec).toContain("Provides: /bin/sh\n");
  });
});

test("only the fresh host's iproute lacks netns, and the repository's is newer", () => {
  const [offered] = repositoryPackages.filter(({ name }) => name === "iproute");
  expect(offered?.files).toBeUndefined();
  expect(Number.parseFloat(offered?.release ?? "")).toBeGreaterThan(
    Number.parseFloat(iprouteWithoutNetns.release),
  );
});

test.each([
  ["ip netns", "refused"],
  ["ip -4 netns list", "refused"],
  ["ip net add x", "refused"],
  ["ip -f inet netn", "refused"],
  ["ip link set eth0 netns 1", "run"],
  ["ip neigh", "run"],
  ["ip -n other link", "run"],
  ["ip", "run"],
])("%s on a fresh host is %s", (command, outcome) => {
  const text = iprouteWithoutNetns.files?.["usr/sbin/ip"]?.text ?? "";
  const script = text.replace("exec /usr/libexec/iproute/ip", "echo run");
  const { status, stderr } = spawnSync("sh", ["-c", script, ...command.split(" ")], {
    encoding: "utf8",
  });
  expect(status).toBe(outcome === "run" ? 0 : 255);
  if (outcome === "refused")
    expect(stderr).toMatch(/^Object "net\w*" is unknown, try "ip help"\.\n$/);
});

test.each([
  ["inspect --format x a b", 0, ""],
  ["inspect --type container a", 2, "flag provided but not defined: --type"],
  ["ps -aq --no-trunc", 0, ""],
  ["ps --all --format x", 2, "flag provided but not defined: --format"],
  ["run -it --label a=b --net none --restart always image cat --foo", 0, ""],
  ["run --detach --restart unless-stopped image", 1, "docker: invalid restart policy unless-s"],
  ["run --restart=unless-stopped image", 1, "docker: invalid restart policy unless-stopped."],
  ["run --network none image", 2, "flag provided but not defined: --network"],
  ["update --restart always a", 1, "docker: 'update' is not a docker command."],
  ["version --format x", 2, "flag provided but not defined: --format"],
])("docker %s exits with %s on EL6", (command, code, said) => {
  const text = dockerIo.files?.["usr/bin/docker"]?.text ?? "";
  const script = text.replace(/^real=.*/m, "real=true").replace(/ -S \S+/, " -e /");
  const { status, stderr } = spawnSync("sh", ["-c", script, "docker", ...command.split(" ")], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: code, stderr: expect.stringContaining(said) });
});

test("every script of the image is one to its shell", () => {
  const scripts = [
    baseScript,
    ...layers.map(({ script }) => script),
    ...packages.flatMap(({ files = {} }) => Object.values(files)).map(({ text }) => text),
  ]
    .concat(
      [baseFiles, ...layers.map(({ files }) => files)]
        .flatMap((files) => Object.values(files))
        .map(({ text }) => text),
    )
    .filter((text, index) => index <= layers.length || text.startsWith("#!"));
  expect(scripts.length).toBeGreaterThan(8);
  for (const script of scripts) {
    const { stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
    expect(stderr).toBe("");
  }
});

test("a layer shares only packages that the base image's repository has", () => {
  const names = repositoryPackages.map(({ name }) => name);
  for (const { shared } of layers) expect(names).toEqual(expect.arrayContaining([...shared]));
});

test("the hash of a recipe is the same each time", () => {
  expect(recipeHash()).toMatch(/^[0-9a-f]{12}$/);
  expect(recipeHash()).toBe(recipeHash());
});

test("the container archive's manifest and configuration name the layer", () => {
  expect(JSON.parse(imageManifest("c.json", "l/layer.tar"))).toEqual([
    { Config: "c.json", RepoTags: ["weft/busybox:1"], Layers: ["l/layer.tar"] },
  ]);
  expect(JSON.parse(imageConfig("abc", "amd64"))).toMatchObject({
    architecture: "amd64",
    rootfs: { type: "layers", diff_ids: ["sha256:abc"] },
  });
});
