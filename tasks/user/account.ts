import { type Command, sh, TaskError } from "weft";

/** Asks getent(1) for an entry, or the file itself where there is none. */
export const askDatabase = (database: "passwd" | "group", name: string): Command => sh`
if command -v getent >/dev/null 2>&1; then
  entry=$(getent ${database} ${name}) || { status=$?; [ "$status" = 2 ] || echo "failed=$status"; }
else
  entry=$(grep ${`^${name}:`} ${`/etc/${database}`})
fi
echo ${`${database}=`}"$entry"`;

/**
 * The fields of an entry, `undefined` where there is none.
 *
 * @throws TaskError where the answer is something else
 */
export const fieldsOf = (
  database: "passwd" | "group",
  stdout: string,
): readonly string[] | undefined => {
  const entry = new RegExp(`^${database}=(.*)$`, "m").exec(stdout)?.[1];
  const failed = /^failed=(\d+)$/m.exec(stdout)?.[1];
  const fields = entry?.split(":") ?? [];
  if (failed === undefined && entry === "") return undefined;
  if (failed !== undefined || fields.length < (database === "passwd" ? 7 : 4)) {
    throw new TaskError(`the host's ${database} entry cannot be read: ${stdout.trim()}`);
  }
  return fields;
};

/** @throws TaskError for a name that useradd(8) would not take on every host */
export const accountName = (what: "user" | "group", name: string): string => {
  if (/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/.test(name)) return name;
  throw new TaskError(`"${name}" cannot be a ${what}'s name`, {
    hint: 'Give it at most 32 letters, digits, "_", "." and "-", and no digit first.',
  });
};
