import { type Change, type CommandResult, change, type secret, sh, TaskError, task } from "weft";
import { accountName, askDatabase, fieldsOf } from "./user/account.ts";

interface UserOptions {
  readonly name: string;
  /** Its number. Left out, as all of these: whatever it has, or useradd(8)'s choice for a new one. */
  readonly uid?: number;
  /** Its main group's name, which must exist. */
  readonly group?: string;
  /** Groups that it is in, beside others. */
  readonly groups?: readonly string[];
  /** Its home directory. */
  readonly home?: string;
  /** What it logs in to: an absolute path. */
  readonly shell?: string;
  /** What stands for its full name. */
  readonly comment?: string;
  /** A hash as crypt(3) makes it, such as `openssl passwd -6` prints: not the password itself. */
  readonly passwordHash?: ReturnType<typeof secret>;
  /** Where it is made, among the system's own numbers and without a home. Default: false. */
  readonly system?: boolean;
  /** True: no such user; its home stays. Default: false. */
  readonly absent?: boolean;
}

/** What the host says of a user. */
export interface UserState {
  readonly account:
    | {
        readonly uid: string;
        readonly comment: string;
        readonly home: string;
        readonly shell: string;
        /** Names of all its groups, the main one first. */
        readonly groups: readonly string[];
      }
    | undefined;
  /** Whether its password's hash is the wanted one. */
  readonly samePassword: boolean;
}

const probe = ({ name, passwordHash }: UserOptions) => sh`
${askDatabase("passwd", name)}
if [ -n "$entry" ]; then
  echo "groups=$(id -Gn ${name})"
  ${
    passwordHash === undefined
      ? sh`:`
      : sh`
  hash=$(sed -n ${`s/^${name.replaceAll(".", "\\.")}:\\([^:]*\\):.*/\\1/p`} /etc/shadow) && echo shadow=read
  if [ "$hash" = ${passwordHash} ]; then echo password=same; fi`
  }
fi`;

const parse = (options: UserOptions, { stdout, stderr }: CommandResult): UserState => {
  const fields = fieldsOf("passwd", stdout);
  if (fields === undefined) return { account: undefined, samePassword: false };
  const [, , uid = "", , comment = "", home = "", shell = ""] = fields;
  const groups = /^groups=(.+)$/m.exec(stdout)?.[1]?.split(" ");
  if (groups === undefined) throw new TaskError(`its groups cannot be read: ${stderr.trim()}`);
  if (options.passwordHash !== undefined && !/^shadow=read$/m.test(stdout)) {
    throw new TaskError(`its password cannot be compared: ${stderr.trim()}`);
  }
  const samePassword = options.passwordHash === undefined || /^password=same$/m.test(stdout);
  return { account: { uid, comment, home, shell, groups }, samePassword };
};

/** The flag with its value where that is wanted and not there yet. */
const flag = (name: string, wanted: string | number | undefined, now?: string) =>
  wanted === undefined || String(wanted) === now ? [] : [name, wanted];

const setPassword = ({ name, passwordHash }: UserOptions): readonly Change[] =>
  passwordHash === undefined
    ? []
    : [
        {
          summary: `set password of ${name}`,
          // On standard input, for every user can read a command's arguments.
          command: sh`printf '%s:%s\n' ${name} ${passwordHash} | chpasswd -e`,
        },
      ];

const plan = (options: UserOptions, { account, samePassword }: UserState): readonly Change[] => {
  const { name, uid, group, groups = [], home, shell, comment, system = false } = options;
  if (options.absent) {
    return change(account !== undefined, `remove user ${name}`, sh`userdel ${name}`);
  }
  if (account === undefined) {
    const flags = [
      ...(system ? ["-r"] : ["-m"]),
      ...flag("-u", uid),
      ...flag("-g", group),
      ...flag("-G", groups.length > 0 ? groups.join(",") : undefined),
      ...flag("-d", home),
      ...flag("-s", shell),
      ...flag("-c", comment),
    ].map(String);
    const add = { summary: `create user ${name}`, command: sh`useradd ${[...flags, name]}` };
    return [add, ...setPassword(options)];
  }
  const missing = groups.filter((it) => !account.groups.includes(it));
  const flags = [
    ...flag("-u", uid, account.uid),
    ...flag("-g", group, account.groups[0]),
    ...(missing.length > 0 ? ["-a", "-G", missing.join(",")] : []),
    ...flag("-d", home, account.home),
    ...flag("-s", shell, account.shell),
    ...flag("-c", comment, account.comment),
  ].map(String);
  const parts = [
    ...(flags.includes("-u") ? [`number ${uid}`] : []),
    ...(flags.includes("-g") ? [`group ${group}`] : []),
    ...missing.map((it) => `in group ${it}`),
    ...(flags.includes("-d") ? [`home ${home}`] : []),
    ...(flags.includes("-s") ? [`shell ${shell}`] : []),
    ...(flags.includes("-c") ? [`comment "${comment}"`] : []),
  ];
  return [
    ...change(
      flags.length > 0,
      `change user ${name}: ${parts.join(", ")}`,
      sh`usermod ${[...flags, name]}`,
    ),
    ...(samePassword ? [] : setPassword(options)),
  ];
};

/**
 * A user account. What is not told stays as it is; groups that it is in beside `groups` do too.
 *
 * @category System
 *
 * @example
 * ```ts
 * user({ name: "deploy", groups: ["wheel"], shell: "/bin/bash" })
 * ```
 *
 * @throws TaskError for a name that useradd(8) would refuse
 */
export const user = (options: UserOptions) =>
  task<UserState>({
    title: `${options.absent ? "no user" : "user"} ${accountName("user", options.name)}`,
    probe: { command: probe(options), parse: (result) => parse(options, result) },
    plan: (now) => plan(options, now),
  });
