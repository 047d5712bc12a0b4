import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunEvent } from "../../../src/run/events.ts";
import { type MeshLab, meshLab } from "../../support/mesh-lab.ts";
import { scratch } from "../../support/scratch.ts";
import { type CliResult, eventsOf } from "../../support/weft-cli.ts";

const RUN = [
  "run",
  "test/integration/tasks/general-tasks.playbook.ts",
  "-i",
  "test/integration/tasks/one-host.ts",
  "--output",
  "json",
];

// Due at every run.
const ACTS = ["act", "wait for /srv/late"];

const local = scratch();
let lab: MeshLab;

beforeAll(async () => {
  process.env.WEFT_TEST_FOLDER = local.folder;
  const busybox = execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
  copyFileSync(busybox, `${local.folder}/busybox`);
  mkdirSync(`${local.folder}/app-1/bin`, { recursive: true });
  chmodSync(local.write("app-1/bin/app", "app"), 0o755);
  execFileSync("tar", ["-czf", "app.tar.gz", "app-1"], { cwd: local.folder });
  // It reads its standard input, where the rest of itself must not be.
  local.write("join.sh", `cat\nprintf '%s\\n' "$@" >/srv/joined\n`);
  lab = await meshLab("127.0.62", 1);
});

afterAll(async () => {
  await lab?.end();
  local.remove();
});

type TaskEnd = Extract<RunEvent, { type: "task-end" }>;

const endsOf = (result: CliResult): readonly TaskEnd[] =>
  eventsOf(result).filter((event): event is TaskEnd => event.type === "task-end");

const changedIn = (result: CliResult): readonly string[] =>
  endsOf(result).flatMap(({ task, status }) => (status === "changed" ? [task] : []));

const on = (command: string): Promise<string> => lab.on("lab-1", command);

/** All that the playbook could touch. */
const snapshot = (): Promise<string> =>
  on(
    "find /etc /srv /opt /usr/local /root -xdev -printf '%p %s %m %u %T@ %l\\n' | sort; uname -n; cat /proc/mounts; sysctl net.ipv4.ip_forward",
  );

const OF_ACTS = /^\/srv(\/(acts|late))? .*$/gm;

/** What somebody does to the host, and the tasks that mend it. */
const damages: readonly (readonly [string, ...string[]])[] = [
  ["groupmod -g 1600 deploy", "group deploy"],
  ["usermod -s /bin/sh -G '' deploy; usermod -p x deploy", "user deploy"],
  ["sed -i s/ann@desk/eve@hut/ ~deploy/.ssh/authorized_keys", "SSH key ann@desk for deploy"],
  ["chmod 777 /srv/app", "directory /srv/app"],
  ['truncate -s -1 "/srv/app/it\'s config"', "file /srv/app/it's config"],
  ["echo x >/srv/app/token", "file /srv/app/token"],
  ["chmod 600 /etc/checked.conf; echo bad >/etc/checked.conf", "file /etc/checked.conf"],
  ["rm /srv/app/peers", "template /srv/app/peers"],
  ["ln -sfn /tmp /srv/current", "symlink /srv/current -> app"],
  ["sed -i 's/^UMASK.*/UMASK 077/' /etc/login.defs", "line in /etc/login.defs: UMASK 027"],
  ["sed -i /db-1/d /etc/hosts", "block cluster in /etc/hosts"],
  ["mkdir -p /srv/old/deep", "absent /srv/old"],
  ["printf x >>/opt/app.tar.gz", "upload /opt/app.tar.gz"],
  ["systemctl disable --now --quiet web", "systemd unit web.service"],
  ["echo tampered >/srv/fetched", "get /srv/fetched"],
  ["rm -r /opt/from-host/bin", "archive app.tar.gz in /opt/from-host"],
  ["rm /srv/list", "list"],
  ["rm /srv/joined", "join.sh a b"],
  ["hostname elsewhere", "hostname db-1.example.com"],
  ["sysctl -q -w net.ipv4.ip_forward=0", "sysctl net.ipv4.ip_forward = 1"],
  ["umount '/srv/my scratch'", "mount /srv/my scratch"],
  ["sed -i s/30/31/ /etc/cron.d/weft-test", "cron job weft-test"],
  ["rm /etc/yum.repos.d/weft-test.repo", "package repo weft-test"],
];

const fetched = `${local.folder}/fetched/the config`;

describe("the general tasks, on a real host", () => {
  it("change nothing when they only look", async () => {
    const before = await snapshot();
    const result = await lab.weft([...RUN, "--check", "--diff"]);
    expect(result.code, result.stdout + result.stderr).toBe(0);
    expect(changedIn(result).length).toBeGreaterThan(30);
    expect(await snapshot()).toBe(before);
    expect(existsSync(fetched)).toBe(false);
  });

  it("bring it to the declared state, and tell no secret", async () => {
    const result = await lab.weft([...RUN, "--diff", "-v"]);
    expect(result.code, result.stdout + result.stderr).toBe(0);
    expect(result.stdout).not.toMatch(/t0p-s3cret|notAHash/);
    expect(readFileSync(fetched, "utf8")).toBe("a='$HOME'\n\\n `id`\n");
    expect(statSync(fetched).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(fetched))).toEqual(["the config"]);
    expect(
      await on(
        "cat /srv/app/token /srv/fetched /opt/from-here/app-1/bin/app /srv/joined; stat -c '%a %U:%G' /srv/app; id -Gn deploy; getent shadow deploy | cut -d: -f2; systemctl is-active web",
      ),
    ).toBe(
      "t0p-s3creta page\nappa b\n2750 deploy:deploy\ndeploy users\n$6$saltsalt$notAHashThatAnyPasswordHas\nactive",
    );
  });

  it("leave it alone after that, but for acts", async () => {
    const before = await snapshot();
    const result = await lab.weft(RUN);
    expect(result.code, result.stdout + result.stderr).toBe(0);
    expect(changedIn(result)).toEqual(ACTS);
    expect((await snapshot()).replace(OF_ACTS, "")).toBe(before.replace(OF_ACTS, ""));
    expect(await on("cat /srv/acts")).toBe("again\nagain");
  });

  it("mend what somebody did to it, and nothing else", async () => {
    await on(damages.map(([command]) => command).join("\n"));
    rmSync(fetched);
    const result = await lab.weft([...RUN]);
    expect(result.code, result.stdout + result.stderr).toBe(0);
    const mended = [
      ...damages.flatMap(([, ...tasks]) => tasks),
      `fetch /srv/app/it's config to ${fetched}`,
    ];
    expect(new Set(changedIn(result))).toEqual(new Set([...mended, ...ACTS]));
    expect(changedIn(await lab.weft(RUN))).toEqual(ACTS);
  });

  it("boot it where that is needed, and find all as declared after that", async () => {
    await on("touch /run/stale");
    const result = await lab.weft(RUN);
    expect(result.code, result.stdout + result.stderr).toBe(0);
    expect(changedIn(result)).toEqual(["reboot when [ -e /run/stale ]", ...ACTS]);
    expect(changedIn(await lab.weft(RUN))).toEqual(ACTS);
  });

  it("tell each time that they cannot mount otherwise what is in use, and leave fstab until they can", async () => {
    const run = ["run", "test/integration/tasks/mount.playbook.ts", ...RUN.slice(2)];
    const fstab = await on("cat /etc/fstab");
    const writer = await on("sleep 1000 >'/srv/my scratch/open' 2>/dev/null </dev/null & echo $!");
    for (const attempt of [await lab.weft(run), await lab.weft(run)]) {
      expect(attempt.code).toBe(2);
      expect(attempt.stdout).toMatch(/busy/);
      expect(await on("cat /etc/fstab")).toBe(fstab);
    }
    await on(`kill ${writer}`);
    expect((await lab.weft(run)).code).toBe(0);
    expect(await on("grep scratch /proc/mounts")).toMatch(/ tmpfs ro,/);
    await on("mount -o remount,rw '/srv/my scratch'");
    expect(changedIn(await lab.weft(run))).toEqual(["mount /srv/my scratch"]);
    expect(changedIn(await lab.weft(run))).toEqual([]);
    expect(await on("grep scratch /proc/mounts")).toMatch(/ tmpfs ro,/);
  });
});
