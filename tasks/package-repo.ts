import { type Task, TaskError } from "weft";
import { absent as absentPath } from "./absent.ts";
import { file } from "./file.ts";

interface PackageRepoOptions {
  /** The repository's id; names its file in /etc/yum.repos.d. */
  readonly name: string;
  /** Default: the id. */
  readonly description?: string;
  /** One of these is needed. */
  readonly baseurl?: string | readonly string[];
  /** Address of a list of mirrors. */
  readonly mirrorlist?: string;
  /** Address of a list of mirrors with digests. */
  readonly metalink?: string;
  /** Default: true. */
  readonly enabled?: boolean;
  /** Packages must be signed. Default: true. */
  readonly gpgcheck?: boolean;
  /** Where the signing keys are. */
  readonly gpgkey?: string | readonly string[];
  /** Other settings of dnf.conf(5), such as `{ priority: 10, module_hotfixes: true }`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** True: no such file. Default: false. */
  readonly absent?: boolean;
}

const line = (key: string, value: string | number | boolean | readonly string[] | undefined) => {
  if (value === undefined) return [];
  if (typeof value === "boolean") return [`${key}=${value ? 1 : 0}`];
  return [`${key}=${typeof value === "object" ? value.join("\n  ") : value}`];
};

/** The text of the repository's file: dnf.conf(5), and yum.conf(5) for EL6 and EL7. */
export const repoText = (options: PackageRepoOptions): string => {
  const { name, description = name, enabled = true, gpgcheck = true, settings = {} } = options;
  return [
    "# Written by weft: the next run takes changes back.",
    `[${name}]`,
    ...line("name", description),
    ...line("baseurl", options.baseurl),
    ...line("mirrorlist", options.mirrorlist),
    ...line("metalink", options.metalink),
    ...line("enabled", enabled),
    ...line("gpgcheck", gpgcheck),
    ...line("gpgkey", options.gpgkey),
    ...Object.entries(settings).flatMap(([key, value]) => line(key, value)),
    "",
  ].join("\n");
};

/**
 * A repository of packages for dnf and yum, in a file of its own. For apt: `aptRepo`.
 *
 * @category System
 *
 * @example
 * ```ts
 * packageRepo({
 *   name: "docker-ce",
 *   baseurl: "https://download.docker.com/linux/centos/$releasever/$basearch/stable",
 *   gpgkey: "https://download.docker.com/linux/centos/gpg",
 * })
 * ```
 *
 * @throws TaskError for a name that cannot be a repository's id, or without an address
 */
export const packageRepo = (options: PackageRepoOptions): Task => {
  const { name, baseurl, mirrorlist, metalink, absent = false } = options;
  if (!/^[A-Za-z0-9_.:-]+$/.test(name)) {
    throw new TaskError(`"${name}" cannot be a package repository's id`, {
      hint: 'Use letters, digits, "_", ".", ":" and "-" only.',
    });
  }
  const path = `/etc/yum.repos.d/${name}.repo`;
  if (absent) return { ...absentPath({ path }), title: `no package repo ${name}` };
  if (baseurl === undefined && mirrorlist === undefined && metalink === undefined) {
    throw new TaskError(`package repository ${name} has no address`, {
      hint: "Give it a baseurl, a mirrorlist or a metalink.",
    });
  }
  return {
    ...file({ path, content: repoText(options), mode: "644" }),
    title: `package repo ${name}`,
  };
};
