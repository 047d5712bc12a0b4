import { describe, expect, it, onTestFinished } from "vitest";
import { sh, TaskError } from "weft";
import { install } from "../../../tasks/package/install.ts";
import { parseOffers } from "../../../tasks/package/offers.ts";
import { packages } from "../../../tasks/package.ts";
import { answer, summaries } from "./answer.ts";
import { fakeProgram, runHere, scratchFolder, shells } from "./on-this-machine.ts";

const installed = (...lines: readonly string[]) => lines.map((it) => `installed ${it}\n`).join("");
const missing = (name: string) => `package ${name} is not installed\n`;

const planOf = (task: ReturnType<typeof packages>, stdout: string) =>
  task.plan(task.probe.parse(answer(stdout)));

describe("packages", () => {
  const task = packages({ names: ["tcpdump", "ethtool"] });
  const both = installed("tcpdump 14:4.99.0-9.el9", "ethtool 2:6.2-1.el9");

  it.each([
    ["all there", both, []],
    ["one missing", installed("tcpdump 14:4.99.0-9.el9") + missing("ethtool"), ["install ethtool"]],
    [
      "one provided under another name",
      `${installed("tcpdump 14:4.99.0-9.el9")}${missing("ethtool")}provided ethtool\n`,
      [],
    ],
    ["apt, one missing", `packages=deb\n${installed("ethtool 1:6.1-1")}`, ["install tcpdump"]],
    ["both missing", missing("tcpdump") + missing("ethtool"), ["install tcpdump, ethtool"]],
  ])("plans: %s", (_, stdout, expected) => {
    expect(summaries(planOf(task, stdout))).toEqual(expected);
  });

  it("does not take rpm's failure for a missing package", () => {
    const broken = answer("", "error: cannot open Packages database in /var/lib/rpm", 1);
    expect(() => task.probe.parse(broken)).toThrow(TaskError);
  });

  it("installs all that is missing in one transaction", () => {
    const [change, ...more] = planOf(task, missing("tcpdump") + missing("ethtool"));
    expect(more).toEqual([]);
    expect(change?.command.script).toContain("dnf -y -q install tcpdump ethtool\n");
    expect(change?.command.script).toContain("yum -y -q install tcpdump ethtool &&");
  });

  it.each(["", "-y", "a b", "kernel*"])("refuses the name %j", (name) => {
    expect(() => packages({ names: [name] })).toThrow(/no package's name/);
  });
});

describe("packages with a version", () => {
  const nginx = (version: string) => packages({ names: [{ name: "nginx", version }, "git"] });
  const now = installed("nginx 1:1.24.0-4.el9", "git 0:2.43.5-1.el9");

  it.each([
    ["the version", "1.24.0", []],
    ["version and release", "1.24.0-4.el9", []],
    ["all of it", "1:1.24.0-4.el9", []],
    ["a pattern", "1.24.*", []],
    ["another version", "1.22.1", ["replace nginx 1.24.0-4.el9 -> 1.22.1"]],
    ["the beginning of one only", "1.24", ["replace nginx 1.24.0-4.el9 -> 1.24"]],
    ["a dot that is none", "1.2400", ["replace nginx 1.24.0-4.el9 -> 1.2400"]],
  ])("compares %s", (_, version, expected) => {
    expect(summaries(planOf(nginx(version), now))).toEqual(expected);
  });

  it("replaces and installs in one transaction, an older version too", () => {
    const [change, ...more] = planOf(
      nginx("1.22.1"),
      installed("nginx 1:1.24.0-4.el9") + missing("git"),
    );
    expect(more).toEqual([]);
    expect(change?.summary).toBe("install git; replace nginx 1.24.0-4.el9 -> 1.22.1");
    expect(change?.command.script).toContain("dnf -y -q install git nginx-1.22.1\n");
    expect(change?.command.script).toContain('yum -y -q downgrade "$name"');
  });

  it("speaks to apt in apt's terms", () => {
    const debs = `packages=deb\n${installed("nginx 1.22.1-9", "git 1:2.39.5-0")}`;
    expect(planOf(nginx("1.22.1-9"), debs)).toEqual([]);
    const [change] = planOf(nginx("1.24.0-2"), debs);
    expect(change?.command.script).toContain("--allow-downgrades install nginx=1.24.0-2\n");
  });

  it.each(["latest", "absent"] as const)("cannot be %s as well", (state) => {
    expect(() => packages({ names: [{ name: "nginx", version: "1" }], state })).toThrow(
      /package nginx has a version/,
    );
  });

  it.each(["", "-1", "1 2"])("refuses the version %j", (version) => {
    expect(() => nginx(version)).toThrow(/no version of package nginx/);
  });
});

describe("the latest packages", () => {
  const task = packages({ names: ["openssl", "git"], state: "latest" });
  const rpms = installed("openssl 1:3.0.7-1.el9", "git 0:2.43.5-1.el9");
  const debs = `packages=deb\n${installed("openssl 3.0.15-1", "git 1:2.39.5-0")}`;
  const candidate = (name: string, now: string, then: string) =>
    `package ${name}\nnow ${now}\nthen ${then}\n`;

  it.each([
    ["nothing newer with dnf", rpms, []],
    [
      "one newer with dnf",
      `${rpms}\noffer openssl 3.0.9-2.el9\n`,
      ["replace openssl 3.0.7-1.el9 -> 3.0.9-2.el9"],
    ],
    [
      "one newer with yum, one missing",
      `${installed("openssl 1:3.0.7-1.el9")}${missing("git")}offers=yum\nUpdated Packages\nopenssl.x86_64 1:3.0.9-2.el7 updates\n`,
      ["install git; replace openssl 3.0.7-1.el9 -> 3.0.9-2.el7"],
    ],
    [
      "nothing newer with apt",
      debs +
        candidate("openssl", "3.0.15-1", "3.0.15-1") +
        candidate("git", "1:2.39.5-0", "1:2.39.5-0"),
      [],
    ],
    [
      "one newer with apt",
      debs + candidate("openssl", "3.0.15-1", "3.0.17-1"),
      ["replace openssl 3.0.15-1 -> 3.0.17-1"],
    ],
    [
      "one missing with apt",
      `packages=deb\n${installed("git 1:2.39.5-0")}${candidate("openssl", "(none)", "3.0.17-1")}`,
      ["install openssl"],
    ],
  ])("plans: %s", (_, stdout, expected) => {
    expect(summaries(planOf(task, stdout))).toEqual(expected);
  });

  it("are not guessed where the package manager cannot tell", () => {
    expect(() => planOf(task, `${rpms}\noffers=failed\n`)).toThrow(/cannot tell what it offers/);
  });
});

describe("absent packages", () => {
  const task = packages({ names: ["telnet", "rsh"], state: "absent" });

  it.each([
    ["one there", installed("telnet 1:0.17-85.el9") + missing("rsh"), ["remove telnet"]],
    ["none there", missing("telnet") + missing("rsh"), []],
    ["a name that is provided only", `${missing("telnet")}${missing("rsh")}provided rsh\n`, []],
    ["apt", `packages=deb\n${installed("telnet 0.17", "rsh 0.17")}`, ["remove telnet, rsh"]],
  ])("plans: %s", (_, stdout, expected) => {
    expect(summaries(planOf(task, stdout))).toEqual(expected);
  });
});

describe("install with yum, whose exit status says little", () => {
  // yum that does nothing, and rpm that has one package with one version, which provides one name more.
  const here = (names: readonly string[], shell: (typeof shells)[number]["shell"]) => {
    const bin = scratchFolder(onTestFinished);
    fakeProgram(bin, "yum", "exit 0");
    fakeProgram(
      bin,
      "rpm",
      'case "$*" in "-q iproute-2"|"-q iproute"|"-q --whatprovides iproute"|"-q --whatprovides ip") ;; *) exit 1 ;; esac',
    );
    return runHere(sh`PATH=${bin}; ${install(names)}`, shell).exitCode;
  };

  it.each(shells)("asks rpm for each name in its own way: $name", ({ shell }) => {
    expect(here(["iproute"], shell)).toBe(0);
    expect(here(["iproute-2"], shell)).toBe(0);
    expect(here(["iproute", "ip"], shell)).toBe(0);
    expect(here(["iproute", "nosuch"], shell)).toBe(1);
  });
});

describe("parseOffers", () => {
  it("reads dnf's answer", () => {
    const stdout = "offer openvswitch3.1 3.1.0-2.el9\n\noffer openvswitch3.3 3.3.1-1.el9\n";
    expect(parseOffers(answer(stdout))).toEqual([
      { name: "openvswitch3.1", version: "3.1.0-2.el9" },
      { name: "openvswitch3.3", version: "3.3.1-1.el9" },
    ]);
  });

  it("reads yum's list, also where it breaks a line and names an epoch", () => {
    const stdout = `offers=yum
Available Packages
dhcp.x86_64                           12:4.2.5-83.el7.centos.2           updates
openvswitch-ovn-central-with-a-long-name.x86_64
                                      2.12.0-2.el7                       openstack
`;
    expect(parseOffers(answer(stdout))).toEqual([
      { name: "dhcp", version: "4.2.5-83.el7.centos.2" },
      { name: "openvswitch-ovn-central-with-a-long-name", version: "2.12.0-2.el7" },
    ]);
  });

  it("takes yum's `no matching packages` for no offer", () => {
    const stdout = "offers=yum\nError: No matching Packages to list\n";
    expect(parseOffers(answer(stdout))).toEqual([]);
  });

  it.each([
    ["dnf failed", "offers=failed\n", "Error: Failed to download metadata for repo 'base'"],
    ["yum failed", "offers=yum\nCannot find a valid baseurl for repo: base/7/x86_64\n", ""],
    ["there is no package manager", "offers=none\n", ""],
  ])("throws where %s", (_, stdout, stderr) => {
    expect(() => parseOffers(answer(stdout, stderr))).toThrow(TaskError);
  });
});
