import { type Change, sh, TaskError } from "weft";
import type { Attributes } from "./entry.ts";

/** Who owns a file or directory, and who may do what with it. Left out: as it is. */
export interface Ownership {
  /** Octal permission bits as chmod(1) takes them, such as "640". */
  readonly mode?: string | undefined;
  /** A user's name or number. */
  readonly owner?: string | undefined;
  /** A group's name or number. */
  readonly group?: string | undefined;
}

/**
 * The mode without leading zeros, as stat(1) prints it.
 *
 * @throws TaskError where it is no octal mode
 */
export const normalMode = (mode: string): string => {
  if (/^0*[0-7]{1,4}$/.test(mode)) return mode.replace(/^0+(?=.)/, "");
  throw new TaskError(`"${mode}" is no file mode`, {
    hint: 'Give octal permission bits in quotes, such as "640".',
  });
};

/** Checks an ownership as it stands in a playbook, and brings its mode to stat's form. */
export const ownership = ({ mode, owner, group }: Ownership): Ownership => ({
  mode: mode === undefined ? undefined : normalMode(mode),
  owner,
  group,
});

/** What is wanted, and where nothing is, what there is now: so that a file made anew keeps it. */
export const keeping = (wanted: Ownership, now: Attributes | undefined): Ownership => ({
  mode: wanted.mode ?? now?.mode,
  owner: wanted.owner ?? now?.uid,
  group: wanted.group ?? now?.gid,
});

const isNamed = (wanted: string | undefined, ...names: readonly string[]): boolean =>
  wanted === undefined || names.includes(wanted);

/** The change that gives a path to its owner and sets its mode. The wanted one is checked already. */
export const planOwnership = (
  path: string,
  wanted: Ownership,
  now: Attributes,
): readonly Change[] => {
  const { owner, group } = wanted;
  const mode = wanted.mode ?? now.mode;
  const give = !(isNamed(owner, now.owner, now.uid) && isNamed(group, now.group, now.gid));
  if (!give && mode === now.mode) return [];
  const to = `${owner ?? ""}${group === undefined ? "" : `:${group}`}`;
  const had = `${owner === undefined ? "" : now.owner}${group === undefined ? "" : `:${now.group}`}`;
  const summary = [
    ...(give ? [`give ${path} to ${to} (was ${had})`] : []),
    ...(mode === now.mode ? [] : [`set mode of ${path} to ${mode} (was ${now.mode})`]),
  ];
  // chown takes setuid and setgid away, and a number leaves them on a directory.
  const bits = sh`chmod u-s,g-s,-t ${path} && chmod ${mode} ${path}`;
  const command = give ? sh`chown ${to} ${path} && ${bits}` : bits;
  return [{ summary: summary.join(", "), command }];
};
