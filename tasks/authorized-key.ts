import { posix } from "node:path";
import { sh, TaskError, task } from "weft";
import { linesOf, textOf } from "./file/edit-file.ts";
import { replaceFile } from "./file/replace-file.ts";
import { askText, parseText } from "./file/text.ts";
import { accountName, askDatabase, fieldsOf } from "./user/account.ts";

interface AuthorizedKeyOptions {
  /** Who may log in with the key. */
  readonly user: string;
  /** A public key as it stands in a .pub file; options before it are kept. */
  readonly key: string;
  /** True: the key lets nobody in. Default: false. */
  readonly absent?: boolean;
}

/** A key's type and body, without options and comment: sshd(8), AUTHORIZED_KEYS FILE FORMAT. */
const bodyOf = (line: string): string | undefined =>
  /(?:^|\s)((?:ssh-|ecdsa-|sk-)\S+ +AAAA[A-Za-z0-9+/=]+)/.exec(line)?.[1];

/** The text of authorized_keys with the key in it once, or not at all. Pure. */
export const withKey = (text: string, key: string, absent = false): string => {
  const body = bodyOf(key);
  const lines = linesOf(text);
  const isKey = (line: string) => !line.startsWith("#") && bodyOf(line) === body;
  const at = lines.findIndex(isKey);
  const others = lines.filter((line, index) => !isKey(line) || (!absent && index === at));
  const wanted = absent ? others : at === -1 ? [...others, key] : others.with(at, key);
  return wanted.length === lines.length && wanted.every((line, index) => line === lines[index])
    ? text
    : textOf(wanted);
};

const probe = (user: string) => sh`
${askDatabase("passwd", user)}
home=$(echo "$entry" | cut -d: -f6)
if [ -L "$home/.ssh" ] || [ -L "$home/.ssh/authorized_keys" ]; then echo keys=link
elif [ -f "$home/.ssh/authorized_keys" ]; then ${askText(sh`"$home/.ssh/authorized_keys"`)}; fi`;

/**
 * A public key that lets somebody log in as a user over SSH. Other keys stay.
 *
 * @category System
 *
 * @example
 * ```ts
 * authorizedKey({ user: "root", key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample ann@desk" })
 * ```
 *
 * @throws TaskError for a text that is no public key
 */
export const authorizedKey = ({ user, key: given, absent = false }: AuthorizedKeyOptions) => {
  const key = given.trim();
  if (bodyOf(key) === undefined || key.includes("\n")) {
    throw new TaskError(`"${key.slice(0, 30)}..." is no public key`, {
      hint: 'Give the one line of a .pub file: "ssh-ed25519 AAAA... comment".',
    });
  }
  const name = bodyOf(given) === key ? "without a comment" : key.split(" ").at(-1);
  return task({
    title: `${absent ? "no SSH key" : "SSH key"} ${name} for ${accountName("user", user)}`,
    probe: {
      command: probe(user),
      parse: (result) => ({
        account: fieldsOf("passwd", result.stdout),
        isLink: /^keys=link$/m.test(result.stdout),
        text: parseText(result),
      }),
    },
    plan: ({ account, isLink, text = "" }) => {
      const [, , uid = "", gid = "", , home = ""] = account ?? [];
      const folder = posix.join(account === undefined ? `~${user}` : home, ".ssh");
      const path = posix.join(folder, "authorized_keys");
      if (isLink) throw new TaskError(`${folder} or ${path} is a symbolic link`);
      const after = withKey(text, key, absent);
      if (after === text || (absent && account === undefined)) return [];
      const write = replaceFile({ path, text: after, mode: "600", owner: uid, group: gid });
      return [
        {
          summary: `${absent ? "remove" : "add"} key ${name} ${absent ? "from" : "to"} ${user}`,
          command:
            account === undefined
              ? sh`id ${user}`
              : sh`
[ -d ${folder} ] || { mkdir -m 700 ${folder} && chown ${`${uid}:${gid}`} ${folder}; } && ${write}`,
          diff: { subject: path, before: text, after },
        },
      ];
    },
  });
};
