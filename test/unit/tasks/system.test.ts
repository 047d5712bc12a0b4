import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sh, type Task } from "weft";
import { aptRepo, aptRepoText } from "../../../tasks/apt-repo.ts";
import { cron, cronText } from "../../../tasks/cron.ts";
import { hostname } from "../../../tasks/hostname.ts";
import { kernelModule } from "../../../tasks/kernel-module.ts";
import { mount } from "../../../tasks/mount.ts";
import { packageRepo, repoText } from "../../../tasks/package-repo.ts";
import { selinux } from "../../../tasks/selinux.ts";
import { selinuxBoolean } from "../../../tasks/selinux-boolean.ts";
import { sysctl } from "../../../tasks/sysctl.ts";
import { systemdUnit } from "../../../tasks/systemd-unit.ts";
import { answer, summaries } from "./answer.ts";
import { fakeProgram, runHere, scratchFolder, shells } from "./on-this-machine.ts";

const marked = (text: string) => `${`${text}.`.replace(/^/gm, "text|")}\n`;
const plan = <State>(task: Task<State>, stdout: string) =>
  task.plan(task.probe.parse(answer(stdout, "said so")));

describe("hostname", () => {
  it.each([
    ["as it is", "live=db-1\nkept=db-1\n", []],
    ["not kept", "live=db-1\nkept=\n", ["keep the name db-1 (was not set)"]],
    [
      "another",
      "live=localhost\nkept=localhost.localdomain\n",
      ["keep the name db-1 (was localhost.localdomain)", "rename the host to db-1 (was localhost)"],
    ],
  ])("plans: %s", (_, stdout, expected) => {
    expect(summaries(plan(hostname({ name: "db-1" }), stdout))).toEqual(expected);
  });

  it("throws on any other answer, and refuses what is no name", () => {
    expect(() => plan(hostname({ name: "a" }), "")).toThrow(/said so/);
    expect(() => hostname({ name: "a_b" })).toThrow(/no host name/);
    expect(() => hostname({ name: "a." })).toThrow(/no host name/);
  });
});

describe("sysctl", () => {
  const forward = sysctl({ name: "net.ipv4.ip_forward", value: 1 });
  const kept = marked("net/ipv4/ip_forward = 1\n");
  const path = "/etc/sysctl.d/99-weft-net.ipv4.ip_forward.conf";
  it.each([
    ["as it is", `live=1\n${kept}`, []],
    ["not live", `live=0\n${kept}`, ["set net.ipv4.ip_forward to 1 (was 0)"]],
    ["not kept", "live=1\n", [`write ${path}`]],
    ["neither", "", [`write ${path}`, "set net.ipv4.ip_forward to 1 (was absent)"]],
  ])("plans: %s", (_, stdout, expected) => {
    expect(summaries(plan(forward, stdout))).toEqual(expected);
  });

  it("takes tabs for spaces, and slashes for a name with a dot in a part", () => {
    const memory = sysctl({ name: "net.ipv4.tcp_rmem", value: "4096 131072  6291456" });
    expect(summaries(plan(memory, "live=4096\t131072\t6291456\n"))).toHaveLength(1);
    const vlan = sysctl({ name: "net/ipv4/conf/eth0.1/forwarding", value: 1 });
    expect(vlan.probe.command.script).toContain("/proc/sys/net/ipv4/conf/eth0.1/forwarding");
  });

  it.each([["net.ipv4/../../etc/passwd"], ["vm"], ["../a/b"], ["a.b c"]])("refuses %j", (name) => {
    expect(() => sysctl({ name, value: 1 })).toThrow(/no kernel parameter/);
  });

  it("throws where the kernel does not tell it", () => {
    expect(() => plan(forward, "unreadable\n")).toThrow(/said so/);
  });
});

describe("kernelModule", () => {
  const task = kernelModule({ name: "br_netfilter" });
  it.each([
    ["built in", "module=builtin\nmanager=systemd\n", []],
    ["as it is", `module=loaded\nmanager=systemd\n${marked("br_netfilter\n")}`, []],
    [
      "absent",
      "module=absent\nmanager=systemd\n",
      ["load br_netfilter", "write /etc/modules-load.d/weft-br_netfilter.conf"],
    ],
    [
      "EL6",
      "module=loaded\nmanager=sysv\n",
      ["write /etc/sysconfig/modules/weft-br_netfilter.modules"],
    ],
  ])("plans: %s", (_, stdout, expected) => {
    expect(summaries(plan(task, stdout))).toEqual(expected);
  });

  it("throws on any other answer, and refuses what is no name", () => {
    expect(() => plan(task, "module=loaded\n")).toThrow(/said so/);
    expect(() => kernelModule({ name: "-r" })).toThrow(/no kernel module/);
  });
});

describe("mount", () => {
  const options = { path: "/srv", source: "/dev/vdb", type: "xfs" };
  const line = (path: string, device: string, more: string) =>
    `mount|40 21 ${device} / ${path} ${more}\n`;
  const none = line("/", "0:2", "rw,relatime shared:1 - rootfs rootfs rw");
  const xfs = (flags = "rw,relatime") =>
    `${none}${line("/srv", "254:16", `${flags} shared:1 - xfs /dev/vdb rw,noquota`)}device|fe:10\n`;
  const live = xfs();
  const written = (more: string) => marked(`/dev/vdb /srv xfs ${more} 0 0\n`);
  const fstab = written("defaults");
  it.each([
    ["as it is", live + fstab, {}, []],
    ["not mounted", none + fstab, {}, ["mount /dev/vdb on /srv"]],
    ["a fresh host", none, {}, ["write /srv to /etc/fstab", "mount /dev/vdb on /srv"]],
    ["other options", live + fstab, { options: ["ro"] }, ["write /srv to /etc/fstab, remount it"]],
    ["options not in force", live + written("ro"), { options: ["ro"] }, ["remount /srv"]],
    [
      "too many options in force",
      xfs("ro,noatime") + written("rw"),
      { options: ["rw"] },
      ["remount /srv"],
    ],
    [
      "options in force",
      xfs("ro,nodev,noexec,noatime") + written("ro,nodev,exec,noexec"),
      { options: ["ro", "nodev", "exec", "noexec"] },
      [],
    ],
    [
      "options that come to nothing",
      live + written("ro,noexec,exec,rw"),
      { options: ["ro", "noexec", "exec", "rw"] },
      [],
    ],
    ["too many", live + fstab, { absent: true }, ["unmount /srv", "remove /srv from /etc/fstab"]],
    ["none, as told", none, { absent: true }, []],
  ])("plans: %s", (_, stdout, more, expected) => {
    expect(summaries(plan(mount({ ...options, ...more }), stdout))).toEqual(expected);
  });

  it("knows a type by the kernel's name for it", () => {
    const nfs = { path: "/srv", source: "a:/b", type: "nfs" };
    const mounted = `${line("/srv", "0:40", "rw - nfs4 a:/b rw,addr=10.0.0.1")}${marked("a:/b /srv nfs defaults 0 0\n")}`;
    expect(plan(mount(nfs), mounted)).toEqual([]);
  });

  it("does not mount over another file system", () => {
    expect(() => plan(mount({ ...options, type: "ext4" }), live)).toThrow(/of type xfs is mounted/);
    expect(() => plan(mount(options), "")).toThrow(/what is mounted/);
  });

  const on = (device: string, shown: string, devices = "") =>
    `${line("/srv", device, `rw shared:1 - ${shown} rw`)}${devices}`;
  it.each([
    ["another device", on("254:16", "xfs /dev/vdb", "device|fe:20\n"), "/dev/vdc", "xfs"],
    ["a device that is not there", on("254:16", "xfs /dev/vdb"), "/dev/vdc", "xfs"],
    ["another file system by its label", on("8:1", "xfs /dev/sda1", "device|8:11\n"), "LABEL=a"],
    ["another export", on("0:40", "nfs4 a:/b"), "a:/c", "nfs"],
  ])(
    "tells that it is no remount that changes the source: %s",
    (_, stdout, source, type = "xfs") => {
      const task = mount({ path: "/srv", source, type });
      expect(() => plan(task, stdout)).toThrow(new RegExp(`is mounted on /srv, not ${source}$`));
      expect(() => plan(mount({ path: "/srv", source, type, absent: true }), stdout)).not.toThrow();
    },
  );

  it.each([
    ["a link to the device", on("253:3", "xfs /dev/mapper/a-b", "device|fd:3\n"), "/dev/a/b"],
    ["a label", on("8:17", "xfs /dev/sdb1", "device|8:11\n"), "LABEL=data"],
    ["a label that the host does not find", on("8:17", "xfs /dev/root"), "LABEL=data"],
    ["one of btrfs's devices", on("0:40", "btrfs /dev/sdb", "device|8:20\n"), "/dev/sdc", "btrfs"],
    ["a folder", on("8:17", "xfs /dev/sdb1"), "/home/srv", "none"],
    ["an image", on("7:0", "ext4 /dev/loop0"), "/var/an image", "ext4"],
    ["a word", on("0:40", "tmpfs none"), "tmpfs", "tmpfs"],
    ["an export", on("0:40", String.raw`nfs4 a:/b\040\043/`), "a:/b #", "nfs"],
  ])("takes for the same: %s", (_, stdout, source, type = "xfs") => {
    const field = source.replaceAll(" ", String.raw`\040`);
    const asWritten = stdout + marked(`${field} /srv ${type} defaults 0 0\n`);
    expect(plan(mount({ path: "/srv", source, type }), asWritten)).toEqual([]);
  });

  const scripts = scratchFolder();
  it.each(shells)("asks for the device in $name", ({ shell }) => {
    fakeProgram(scripts, "findfs", `[ "$1" = 'LABEL=a b' ] && echo /dev/null`);
    const ask = (source: string) => {
      const { command } = mount({ ...options, source }).probe;
      const { stdout } = runHere(sh`PATH=${scripts}:$PATH; ${command}`, shell);
      expect(stdout).toMatch(/^mount\|\d+ \d+ \d+:\d+ \/ \/proc .* - proc /m);
      return stdout.match(/^device\|.*/gm);
    };
    expect(ask("/dev/null")).toEqual(["device|1:3"]);
    expect(ask("/dev/no such")).toBeNull();
    expect(ask("LABEL=a b")).toEqual(["device|1:3"]);
    expect(ask("LABEL=b")).toBeNull();
    expect(ask("tmpfs")).toBeNull();
  });

  it.each(shells)("puts fstab back where $name cannot remount", ({ shell }) => {
    const copy = join(scripts, "fstab");
    writeFileSync(copy, "/dev/vdb /srv xfs defaults 0 0\n");
    fakeProgram(scripts, "mount", `cat ${copy} >${scripts}/seen; echo busy >&2; exit 32`);
    const [change] = plan(mount({ ...options, options: ["ro"] }), live + fstab);
    const command = change?.command ?? sh`false`;
    const here = { ...command, script: command.script.replaceAll("/etc", scripts) };
    const result = runHere(sh`PATH=${scripts}:$PATH; ${here}`, shell);
    expect(result).toMatchObject({ exitCode: 1, stderr: "busy\n" });
    expect(readFileSync(join(scripts, "seen"), "utf8")).toBe("/dev/vdb /srv xfs ro 0 0\n");
    expect(readFileSync(copy, "utf8")).toBe("/dev/vdb /srv xfs defaults 0 0\n");
  });
});

describe("cron", () => {
  const job = { name: "backup", schedule: "30 2 * * 1-5", run: "date +%F >/tmp/day" };

  it("writes crontab(5), in which a bare percent sign ends a line", () => {
    expect(cronText({ ...job, user: "ann", environment: { MAILTO: "" } })).toBe(
      "# Written by weft: the next run takes changes back.\nMAILTO=\n30 2 * * 1-5 ann date +\\%F >/tmp/day\n",
    );
  });

  it.each([
    ["no file", job, "entry=absent\n", ["write /etc/cron.d/backup"]],
    [
      "no job, as told",
      { ...job, absent: true },
      "entry=file:644:0:0:root:root\n",
      ["remove /etc/cron.d/backup"],
    ],
  ])("plans: %s", (_, options, stdout, expected) => {
    const task: Task<never> = cron(options) as Task<never>;
    expect(summaries(plan(task, stdout))).toEqual(expected);
  });

  it.each([
    ["a name that cron passes over", { name: "a.b" }, /pass its file over/],
    ["four fields", { schedule: "* * * *" }, /no schedule/],
    ["two lines", { run: "a\nb" }, /one line/],
  ])("refuses %s", (_, options, message) => {
    expect(() => cron({ ...job, ...options })).toThrow(message);
  });
});

describe("packageRepo", () => {
  it("writes dnf.conf(5)", () => {
    const text = repoText({
      name: "app",
      baseurl: ["http://a/", "http://b/"],
      gpgcheck: false,
      settings: { priority: 10, module_hotfixes: true },
    });
    expect(text.split("\n").slice(1)).toEqual([
      "[app]",
      "name=app",
      "baseurl=http://a/",
      "  http://b/",
      "enabled=1",
      "gpgcheck=0",
      "priority=10",
      "module_hotfixes=1",
      "",
    ]);
  });

  it("refuses one without an address, and a bad id", () => {
    expect(() => packageRepo({ name: "a" })).toThrow(/no address/);
    expect(() => packageRepo({ name: "a/b", baseurl: "http://a" })).toThrow(/repository's id/);
  });
});

describe("aptRepo", () => {
  const docker = { name: "docker", uris: "https://a/debian", suites: ["bookworm"] };
  it("writes sources.list(5), a key's text within it", () => {
    const text = aptRepoText({
      ...docker,
      components: ["stable", "test"],
      signedBy:
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQIN=\n-----END PGP PUBLIC KEY BLOCK-----\n",
      enabled: false,
      settings: { Trusted: "no" },
    });
    expect(text.split("\n").slice(1)).toEqual([
      "Types: deb",
      "URIs: https://a/debian",
      "Suites: bookworm",
      "Components: stable test",
      "Enabled: no",
      "Signed-By:",
      " -----BEGIN PGP PUBLIC KEY BLOCK-----",
      " .",
      " mQIN=",
      " -----END PGP PUBLIC KEY BLOCK-----",
      "Trusted: no",
      "",
    ]);
  });

  it("fetches the lists of what it writes, and of nothing else", () => {
    const [change, ...more] = plan(
      aptRepo({ ...docker, signedBy: "/etc/apt/k.asc" }),
      "entry=absent\n",
    );
    expect(more).toEqual([]);
    const path = "/etc/apt/sources.list.d/docker.sources";
    expect(change?.summary).toBe(`write ${path} and fetch its lists`);
    expect(change?.diff?.after).toContain("Signed-By: /etc/apt/k.asc\n");
    expect(change?.command.script).toContain(`Dir::Etc::sourcelist=${path}`);
    expect(summaries(plan(aptRepo({ ...docker, enabled: false }), "entry=absent\n"))).toEqual([
      `write ${path}`,
    ]);
  });

  it("refuses a bad name, a field of two lines, and one without an address or a suite", () => {
    expect(() => aptRepo({ ...docker, name: "a/b" })).toThrow(/cannot name/);
    expect(() => aptRepo({ ...docker, suites: ["a", "b\nTrusted: yes"] })).toThrow(/one line/);
    expect(() => aptRepo({ name: "docker", uris: "https://a" })).toThrow(/no suite/);
  });
});

describe("a package repository that is to be absent", () => {
  it.each([
    [packageRepo({ name: "a", absent: true }), "/etc/yum.repos.d/a.repo"],
    [aptRepo({ name: "a", absent: true }), "/etc/apt/sources.list.d/a.sources"],
  ])("%# is removed where it is", (task, path) => {
    expect(task.title).toBe("no package repo a");
    expect(summaries(plan(task, "entry=file:644:0:0:root:root\n"))).toEqual([`remove ${path}`]);
    expect(plan(task, "entry=absent\n")).toEqual([]);
  });
});

describe("systemdUnit", () => {
  const content = "[Service]\nExecStart=/bin/app\n\n[Install]\nWantedBy=multi-user.target\n";
  const unit = { name: "app.service", content };
  const show = (active: string, file: string, stale = "no") =>
    `ActiveState=${active}\nUnitFileState=${file}\nNeedDaemonReload=${stale}\n`;
  const path = "/etc/systemd/system/app.service";
  it.each([
    ["as it is", show("active", "enabled") + marked(content), {}, []],
    [
      "a fresh host",
      show("inactive", ""),
      {},
      [`write ${path}`, "enable app.service", "start app.service"],
    ],
    [
      "another text",
      show("active", "enabled") + marked("[Service]\n"),
      {},
      [`write ${path} and restart app.service`],
    ],
    ["failed", show("failed", "enabled") + marked(content), {}, ["start app.service"]],
    [
      "failing over and over",
      show("activating", "enabled") + marked(content),
      {},
      ["start app.service"],
    ],
    [
      "failing over and over, to be off",
      show("activating", "disabled") + marked(content),
      { running: false, enabled: false },
      ["stop app.service"],
    ],
    [
      "not read again",
      show("active", "enabled", "yes") + marked(content),
      {},
      ["have systemd read its units"],
    ],
    [
      "to be off",
      show("active", "enabled") + marked(content),
      { running: false, enabled: false },
      ["disable app.service", "stop app.service"],
    ],
    [
      "nothing to enable",
      show("active", "static") + marked("[Service]\n"),
      { content: "[Service]\n" },
      [],
    ],
  ])("plans: %s", (_, stdout, more, expected) => {
    expect(summaries(plan(systemdUnit({ ...unit, ...more }), stdout))).toEqual(expected);
  });

  it.each([
    [
      "there",
      show("active", "enabled") + marked(content),
      [`stop and disable app.service, remove ${path}`],
    ],
    ["not there", show("inactive", ""), []],
    ["a package's own", show("active", "enabled"), []],
  ])("plans its absence: %s", (_, stdout, expected) => {
    const task = systemdUnit({ name: "app.service", absent: true });
    expect(summaries(plan(task, stdout))).toEqual(expected);
  });

  it("needs a text where it is to be there", () => {
    expect(() => systemdUnit({ name: "app.service" })).toThrow(/has no content/);
  });

  it("refuses what it cannot mend", () => {
    expect(() => plan(systemdUnit(unit), "systemd=absent\n")).toThrow(/no systemd/);
    expect(() => plan(systemdUnit(unit), show("inactive", "masked"))).toThrow(/masked/);
    expect(() => plan(systemdUnit(unit), "")).toThrow(/said so/);
    expect(() => systemdUnit({ ...unit, name: "app" })).toThrow(/no systemd unit/);
  });
});

describe("selinux", () => {
  const config = (mode: string) => marked(`# c\nSELINUX=${mode}\nSELINUXTYPE=targeted\n`);
  it.each([
    ["as it is", "enforcing", `live=Enforcing\n${config("enforcing")}`, []],
    [
      "not now",
      "enforcing",
      `live=Permissive\n${config("enforcing")}`,
      ["make SELinux enforcing (was permissive)"],
    ],
    [
      "at boot",
      "disabled",
      `live=Enforcing\n${config("enforcing")}`,
      ["have SELinux disabled at boot"],
    ],
    ["after a boot", "enforcing", `live=Disabled\n${config("enforcing")}`, []],
    ["absent, and to be off", "disabled", "live=Absent\n", []],
  ] as const)("plans: %s", (_, mode, stdout, expected) => {
    expect(summaries(plan(selinux({ mode }), stdout))).toEqual(expected);
  });

  it("says that a boot is needed", () => {
    expect(selinux({ mode: "enforcing" }).report?.({ live: "disabled", text: "" })).toBe(
      "SELinux is disabled until the host is booted",
    );
    expect(
      selinux({ mode: "enforcing" }).report?.({ live: "enforcing", text: "" }),
    ).toBeUndefined();
  });

  it("fails on a host that has none, and on any other answer", () => {
    expect(() => plan(selinux({ mode: "enforcing" }), "live=Absent\n")).toThrow(/not on this host/);
    expect(() => plan(selinux({ mode: "enforcing" }), "live=\n")).toThrow(/said so/);
  });

  it.each([
    ["on", []],
    ["off", ["switch httpd_use_nfs on"]],
    ["absent", []],
    ["disabled", []],
  ])("plans a boolean that is %s", (state, expected) => {
    const task = selinuxBoolean({ name: "httpd_use_nfs" });
    expect(summaries(plan(task, `state=${state}\n`))).toEqual(expected);
  });

  it("says that a boolean needs nothing where there is no SELinux", () => {
    const task = selinuxBoolean({ name: "a" });
    expect(task.report?.("absent")).toBe("SELinux is absent on this host: nothing to do");
    expect(() => plan(task, "")).toThrow(/said so/);
  });
});

describe.each(shells)("under $name", ({ shell }) => {
  it.each([
    ["hostname", hostname({ name: "a" })],
    ["sysctl", sysctl({ name: "net.ipv4.ip_forward", value: 2 })],
    ["kernel module", kernelModule({ name: "no-such" })],
    ["mount", mount({ path: "/no such", source: "a", type: "xfs" })],
    ["SELinux", selinux({ mode: "disabled" })],
    ["SELinux boolean", selinuxBoolean({ name: "a" })],
  ])("this machine is read, and every change is a script: %s", (_, given) => {
    const it = given as Task<unknown>;
    const changes = it.plan(it.probe.parse(runHere(it.probe.command, shell)));
    for (const { command } of changes) {
      const neverRun = { ...command, script: `: || {\n${command.script}\n}` };
      expect(runHere(neverRun, shell)).toEqual(answer(""));
    }
  });
});
