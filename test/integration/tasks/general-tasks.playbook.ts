import { playbook, secret, sh } from "weft";
import { absent } from "../../../tasks/absent.ts";
import { archive } from "../../../tasks/archive.ts";
import { assert } from "../../../tasks/assert.ts";
import { authorizedKey } from "../../../tasks/authorized-key.ts";
import { blockInFile } from "../../../tasks/block-in-file.ts";
import { command } from "../../../tasks/command.ts";
import { cron } from "../../../tasks/cron.ts";
import { debug } from "../../../tasks/debug.ts";
import { directory } from "../../../tasks/directory.ts";
import { fetch } from "../../../tasks/fetch.ts";
import { file } from "../../../tasks/file.ts";
import { getUrl } from "../../../tasks/get-url.ts";
import { group } from "../../../tasks/group.ts";
import { hostname } from "../../../tasks/hostname.ts";
import { kernelModule } from "../../../tasks/kernel-module.ts";
import { lineInFile } from "../../../tasks/line-in-file.ts";
import { mount } from "../../../tasks/mount.ts";
import { packageRepo } from "../../../tasks/package-repo.ts";
import { reboot } from "../../../tasks/reboot.ts";
import { script } from "../../../tasks/script.ts";
import { selinux } from "../../../tasks/selinux.ts";
import { selinuxBoolean } from "../../../tasks/selinux-boolean.ts";
import { symlink } from "../../../tasks/symlink.ts";
import { sysctl } from "../../../tasks/sysctl.ts";
import { systemdUnit } from "../../../tasks/systemd-unit.ts";
import { template } from "../../../tasks/template.ts";
import { upload } from "../../../tasks/upload.ts";
import { user } from "../../../tasks/user.ts";
import { waitFor } from "../../../tasks/wait-for.ts";
import { contract } from "./one-host.ts";

// Made by the test.
const local = process.env.WEFT_TEST_FOLDER ?? "";

const web = `[Service]
ExecStart=/usr/local/bin/busybox httpd -f -p 127.0.0.1:8080 -h /srv/www

[Install]
WantedBy=multi-user.target
`;

export default playbook(contract, [
  {
    name: "General tasks",
    hosts: "all",
    tasks: ({ facts }) => [
      [
        group({ name: "deploy", gid: 1500 }),
        user({
          name: "deploy",
          uid: 1500,
          group: "deploy",
          groups: ["users"],
          shell: "/bin/bash",
          comment: "Deploy, it's",
          passwordHash: secret("$6$saltsalt$notAHashThatAnyPasswordHas"),
        }),
        authorizedKey({ user: "deploy", key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA ann@desk" }),
      ],
      [
        directory({ path: "/srv/app", mode: "2750", owner: "deploy", group: "deploy" }),
        directory({ path: "/srv/www" }),
        file({
          path: "/srv/app/it's config",
          content: "a='$HOME'\n\\n `id`\n",
          mode: "640",
          owner: "deploy",
          group: "deploy",
        }),
        fetch({ path: "/srv/app/it's config", to: `${local}/fetched/the config`, mode: "600" }),
        file({ path: "/srv/app/token", content: secret("t0p-s3cret"), mode: "600" }),
        file({ path: "/srv/www/page", content: "a page\n" }),
        file({
          path: "/etc/checked.conf",
          content: "good\n",
          check: (candidate) => sh`grep -q good ${candidate}`,
        }),
        template({
          path: "/srv/app/peers",
          vars: { names: ["a", "b"] },
          render: ({ names }) => names.map((name) => `peer ${name} of ${facts.major}\n`).join(""),
        }),
        symlink({ path: "/srv/current", target: "app" }),
        lineInFile({ path: "/etc/login.defs", line: "UMASK 027", match: /^UMASK\s/ }),
        blockInFile({
          path: "/etc/hosts",
          name: "cluster",
          block: "10.1.2.11 db-1\n10.1.2.12 db-2",
        }),
        absent({ path: "/srv/old", recursive: true }),
      ],
      [
        upload({ source: `${local}/busybox`, path: "/usr/local/bin/busybox", mode: "755" }),
        symlink({ path: "/usr/local/bin/wget", target: "busybox" }),
        systemdUnit({ name: "web.service", content: web }),
        waitFor({ port: 8080, timeout: 10 }),
        getUrl({
          url: "http://127.0.0.1:8080/page",
          path: "/srv/fetched",
          sha256: "c6b4252942d0b2ac503024b93753e896b5df3755fe9417abf5f017303f74121c",
        }),
        upload({ source: `${local}/app.tar.gz`, path: "/opt/app.tar.gz" }),
        archive({
          archive: { host: "/opt/app.tar.gz" },
          into: "/opt/from-host",
          creates: "/opt/from-host/bin/app",
          strip: 1,
        }),
        archive({
          archive: { local: `${local}/app.tar.gz` },
          into: "/opt/from-here",
          creates: "/opt/from-here/app-1/bin/app",
        }),
      ],
      [
        command({ run: sh`date >/srv/dated`, creates: "/srv/dated", title: "date" }),
        command({ run: sh`echo x >>/srv/list`, unless: sh`grep -q x /srv/list`, title: "list" }),
        script({ file: `${local}/join.sh`, args: ["a b"], creates: "/srv/joined" }),
        waitFor({ file: "/srv/joined" }),
        waitFor({ command: sh`grep -q x /srv/list` }),
        debug({ command: sh`cat /srv/joined` }),
      ],
      [
        hostname({ name: "db-1.example.com" }),
        sysctl({ name: "net.ipv4.ip_forward", value: 1 }),
        sysctl({ name: "net.ipv4.tcp_rmem", value: "4096 131072 6291457" }),
        file({
          path: `/lib/modules/${facts.kernel}/modules.builtin`,
          content: "kernel/net/weft-test.ko\n",
        }),
        kernelModule({ name: "weft_test" }),
        mount({
          path: "/srv/my scratch",
          source: "tmpfs",
          type: "tmpfs",
          options: ["size=1m", "mode=700"],
        }),
        cron({ name: "weft-test", schedule: "30 2 * * *", run: "date +%F", user: "deploy" }),
        packageRepo({ name: "weft-test", baseurl: "http://127.0.0.1:8080/", enabled: false }),
        selinux({ mode: "disabled" }),
        selinuxBoolean({ name: "httpd_use_nfs" }),
        reboot({ when: sh`[ -e /run/stale ]` }),
      ],
    ],
  },
  {
    name: "Acts",
    hosts: "all",
    tasks: () => [
      assert({ that: sh`[ -d / ]`, message: "there is no root" }),
      command({
        run: sh`
echo again >>/srv/acts
rm -f /srv/late
(sleep 1; : >/srv/late) >/dev/null 2>&1 &`,
        title: "act",
      }),
      waitFor({ file: "/srv/late" }),
    ],
  },
]);
