import { playbook, sh } from "weft";
import { contract } from "../../inventory/contract.ts";
import { command } from "../../tasks/command.ts";
import { directory } from "../../tasks/directory.ts";
import { file } from "../../tasks/file.ts";
import { group } from "../../tasks/group.ts";
import { hostname } from "../../tasks/hostname.ts";
import { lineInFile } from "../../tasks/line-in-file.ts";
import { packages } from "../../tasks/package.ts";
import { service } from "../../tasks/service.ts";
import { symlink } from "../../tasks/symlink.ts";
import { sysctl } from "../../tasks/sysctl.ts";
import { user } from "../../tasks/user.ts";

/** The same eleven tasks as site.yml. */
export default playbook(contract, [
  {
    name: "Eleven tasks",
    hosts: "mesh",
    tasks: ({ host }) => [
      packages({ names: ["docker-ce"] }),
      service({ unit: "docker" }),
      group({ name: "deploy", gid: 1500 }),
      user({ name: "deploy", uid: 1500, group: "deploy", shell: "/bin/bash" }),
      directory({ path: "/srv/app", owner: "deploy", group: "deploy", mode: "755" }),
      file({
        path: "/etc/app.conf",
        content: "listen = 127.0.0.1:8080\nworkers = 4\n",
        owner: "root",
        group: "root",
        mode: "644",
      }),
      lineInFile({ path: "/etc/ssh/sshd_config", line: "UseDNS no", match: /^#?UseDNS\s/ }),
      symlink({ path: "/srv/current", target: "/srv/app" }),
      sysctl({ name: "net.ipv4.ip_forward", value: "1" }),
      hostname({ name: host }),
      command({
        run: sh`dd if=/dev/urandom of=/srv/app/seed bs=32 count=1`,
        creates: "/srv/app/seed",
      }),
    ],
  },
]);
