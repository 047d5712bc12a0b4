import { type Change, type CommandResult, sh, TaskError, task } from "weft";
import { replaceFile } from "./file/replace-file.ts";

interface CentosVaultOptions {
  /** The vault, or a mirror of it, without the release. Default: "http://vault.centos.org". */
  readonly url?: string;
}

/** The releases whose packages were taken off the mirrors, by the line in /etc/centos-release, and where they are. */
const dead: readonly (readonly [RegExp, string])[] = [
  [/^CentOS release 6\b/, "6.10"],
  [/^CentOS Linux release 7\b/, "7.9.2009"],
  [/^CentOS Linux release 8\b/, "8.5.2111"],
  [/^CentOS Stream release 8\b/, "8-stream"],
];

const mirror =
  /^#?\s*baseurl=https?:\/\/mirror\.centos\.org\/(?:centos|\$contentdir)\/(?:\$releasever|\$stream)\/(.*)$/;

/**
 * The text of a repository file of CentOS's own with the vault in place of the mirrors. A section names
 * both, with one of them in a comment; sections without a mirror of CentOS's stay as they are.
 */
export const withVault = (text: string, base: string): string =>
  text
    .split(/^(?=\[)/m)
    .map((section) => {
      const lines = section.split("\n");
      if (!lines.some((line) => mirror.test(line))) return section;
      return lines
        .map((line) => line.replace(mirror, `baseurl=${base}/$1`).replace(/^mirrorlist=/, "#$&"))
        .join("\n");
    })
    .join("");

/** The release of a host, and its repository files. */
export interface VaultState {
  /** The line in /etc/centos-release; "" where it is no CentOS. */
  readonly release: string;
  /** Texts by path. */
  readonly files: ReadonlyMap<string, string>;
}

const parse = ({ stdout, truncated }: CommandResult): VaultState => {
  if (truncated) throw new TaskError("the host's repository files are too long to be read");
  const [head = "", ...parts] = stdout.split(/^file=/m);
  return {
    release: /^release=(.*)$/m.exec(head)?.[1] ?? "",
    files: new Map(
      parts.map((part) => {
        const [path = "", ...lines] = part.split("\n");
        const text = lines.filter((line) => line.startsWith("|")).map((line) => line.slice(1));
        return [path, `${text.join("\n")}\n`];
      }),
    ),
  };
};

/**
 * Packages of a CentOS that is no longer on the mirrors (6, 7, 8 and Stream 8) from the vault: its own
 * repository files name the vault in place of the mirrors. Does nothing on other releases.
 *
 * Packages such as centos-release-openstack-train bring more such files: list the task after them again.
 *
 * @category System
 *
 * @example
 * ```ts
 * centosVault()
 * ```
 */
export const centosVault = ({ url = "http://vault.centos.org" }: CentosVaultOptions = {}) =>
  task<VaultState>({
    title: "CentOS's packages from the vault, where the mirrors have them no more",
    probe: {
      command: sh`
if [ -r /etc/centos-release ]; then
  echo "release=$(cat /etc/centos-release)"
  for file in /etc/yum.repos.d/CentOS-*.repo; do
    [ -r "$file" ] || continue
    echo "file=$file"
    sed 's/^/|/' "$file"
    # Ends a last line that has no line end of its own.
    echo
  done
fi`,
      parse,
    },
    plan: ({ release, files }) => {
      const directory = dead.find(([pattern]) => pattern.test(release))?.[1];
      if (directory === undefined) return [];
      return [...files].flatMap(([path, before]): Change[] => {
        const after = withVault(before, `${url}/${directory}`);
        if (after === before) return [];
        return [
          {
            summary: `have ${path} name the vault`,
            command: replaceFile({ path, text: after }),
            diff: { subject: path, before, after },
          },
        ];
      });
    },
  });
