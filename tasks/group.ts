import { change, sh, task } from "weft";
import { accountName, askDatabase, fieldsOf } from "./user/account.ts";

interface GroupOptions {
  readonly name: string;
  /** Its number. Left out: whichever it has or gets. */
  readonly gid?: number;
  /** Where it is made, among the system's own numbers. Default: false. */
  readonly system?: boolean;
  /** True: no such group. Default: false. */
  readonly absent?: boolean;
}

/**
 * A group of users.
 *
 * @category System
 *
 * @example
 * ```ts
 * group({ name: "deploy", gid: 1500 })
 * ```
 *
 * @throws TaskError for a name that groupadd(8) would refuse
 */
export const group = ({ name, gid, system = false, absent = false }: GroupOptions) => {
  const number = gid === undefined ? [] : ["-g", gid];
  return task({
    title: `${absent ? "no group" : "group"} ${accountName("group", name)}`,
    probe: {
      command: askDatabase("group", name),
      parse: ({ stdout }) => ({ gid: fieldsOf("group", stdout)?.[2] }),
    },
    plan: (now) => {
      if (absent) {
        return change(now.gid !== undefined, `remove group ${name}`, sh`groupdel ${name}`);
      }
      if (now.gid === undefined) {
        const add = sh`groupadd ${[...(system ? ["-r"] : []), ...number, name]}`;
        return change(true, `create group ${name}`, add);
      }
      return change(
        gid !== undefined && String(gid) !== now.gid,
        `change number of group ${name} to ${gid} (was ${now.gid})`,
        sh`groupmod ${[...number, name]}`,
      );
    },
  });
};
