import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SshServer, startSshServer } from "./ssh-server.ts";

/** Users of the server, with what sudoers(5) lets them do. The password of each is `NAME's pässword`. */
const SUDOERS: Readonly<Record<string, readonly string[]>> = {
  free: ["free ALL=(ALL) NOPASSWD: ALL"],
  asked: ["asked ALL=(ALL) ALL"],
  terminal: ["Defaults:terminal requiretty", "terminal ALL=(ALL) ALL"],
  freeterminal: ["Defaults:freeterminal requiretty", "freeterminal ALL=(ALL) NOPASSWD: ALL"],
  onlydb: ["onlydb ALL=(db) NOPASSWD: ALL"],
  nobodys: [],
  db: [],
};

export const USERS = ["root", ...Object.keys(SUDOERS)];

export const passwordOf = (user: string): string => `${user}'s pässword`;

const hashOf = (user: string): string =>
  spawnSync("openssl", ["passwd", "-6", "-stdin"], {
    input: passwordOf(user),
    encoding: "utf8",
  }).stdout.trim();

export interface UsersServerOptions {
  /** Program that is /bin/sh there. Default: this machine's. */
  readonly shell?: string;
  readonly sudoers?: readonly string[];
  readonly config?: readonly string[];
  /** Its su is like that of old systems, which asks on terminals only. */
  readonly suWantsTerminal?: boolean;
}

/**
 * An sshd with users of its own: in its mount namespace other files lie over /etc/passwd,
 * /etc/shadow, /etc/group and /etc/sudoers, and nothing of this machine changes.
 */
export const startUsersServer = async ({
  shell,
  sudoers = [],
  config = [],
  suWantsTerminal = false,
}: UsersServerOptions = {}): Promise<SshServer> => {
  const etc = mkdtempSync(join(tmpdir(), "weft-users-"));
  chmodSync(etc, 0o755);
  const write = (name: string, lines: readonly string[], mode: number): string => {
    const file = join(etc, name);
    writeFileSync(file, `${lines.join("\n")}\n`);
    chmodSync(file, mode);
    return file;
  };
  const id = (index: number): number => (index === 0 ? 0 : 6_100 + index);
  const home = (user: string): string => join(etc, `home-${user}`);
  for (const [index, user] of USERS.entries()) {
    mkdirSync(home(user), { mode: 0o700 });
    spawnSync("chown", [`${id(index)}:${id(index)}`, home(user)]);
  }
  const system = (file: string): readonly string[] =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("root:"));
  const files = {
    "/etc/passwd": write(
      "passwd",
      [
        ...USERS.map((user, index) => `${user}:x:${id(index)}:${id(index)}::${home(user)}:/bin/sh`),
        ...system("/etc/passwd"),
      ],
      0o644,
    ),
    "/etc/group": write(
      "group",
      [...USERS.map((user, index) => `${user}:x:${id(index)}:`), ...system("/etc/group")],
      0o644,
    ),
    "/etc/shadow": write(
      "shadow",
      [
        ...USERS.map((user) => `${user}:${hashOf(user)}:19000:0:99999:7:::`),
        ...system("/etc/shadow"),
      ],
      0o640,
    ),
    "/etc/sudoers": write(
      "sudoers",
      ["root ALL=(ALL) ALL", ...sudoers, ...Object.values(SUDOERS).flat()],
      0o440,
    ),
  };
  const mounts = Object.entries(files).map(([at, file]) => `mount --bind ${file} ${at}`);
  // What sudo remembers of passwords must not be this machine's.
  mounts.push("mkdir -p /run/sudo", "mount -t tmpfs tmpfs /run/sudo");
  if (shell !== undefined) {
    mounts.push(`mount --bind "$(readlink -f "$(command -v ${shell})")" "$(readlink -f /bin/sh)"`);
  }
  if (suWantsTerminal) {
    const real = write("real-su", [], 0o755);
    const old = write(
      "old-su",
      [
        "#!/bin/sh",
        '[ "$(id -u)" = 0 ] || [ -t 0 ] || { echo "standard in must be a tty" >&2; exit 1; }',
        `exec ${real} "$@"`,
      ],
      0o755,
    );
    mounts.push(
      `su=$(readlink -f "$(command -v su)"); mount --bind "$su" ${real}; mount --bind ${old} "$su"`,
    );
  }
  const server = await startSshServer({
    config,
    startedBy: ["unshare", "--mount", "sh", "-e", "-c", `${mounts.join("\n")}\nexec "$@"`, "sh"],
  });
  // sshd reads the authorized keys as the user who logs in.
  chmodSync(server.directory, 0o755);
  chmodSync(join(server.directory, "authorized_keys"), 0o644);
  return {
    ...server,
    stop: async () => {
      await server.stop();
      rmSync(etc, { recursive: true });
    },
  };
};
