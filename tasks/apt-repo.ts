import { sh, type Task, TaskError } from "weft";
import { absent as absentPath } from "./absent.ts";
import { sha256 } from "./file/content.ts";
import { contentTask } from "./file/content-task.ts";
import { absolute } from "./file/entry.ts";
import { replaceFile } from "./file/replace-file.ts";

type Words = string | readonly string[];

interface AptRepoOptions {
  /** Names the repository's file in /etc/apt/sources.list.d: letters, digits, "_", "." and "-". */
  readonly name: string;
  /** Where it is. Not needed for one that is to be absent. */
  readonly uris?: Words;
  /** "bookworm", or an exact path that ends with "/". */
  readonly suites?: Words;
  /** "main"; none for a suite that is an exact path. */
  readonly components?: Words;
  /** The key that its lists are signed with: a file on the host such as "/etc/apt/keyrings/docker.asc", or the text of a public key. */
  readonly signedBy?: string;
  /** "deb", "deb-src" or both. Default: "deb". */
  readonly types?: Words;
  /** Default: those of the host. */
  readonly architectures?: Words;
  /** Default: true. */
  readonly enabled?: boolean;
  /** Other fields of sources.list(5), such as `{ Trusted: "yes" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** True: no such file. Default: false. */
  readonly absent?: boolean;
}

const KEY = /^-----BEGIN PGP PUBLIC KEY BLOCK-----/;

const field = (name: string, value: Words | undefined): readonly string[] => {
  const words = typeof value === "string" ? value : value?.join(" ");
  return words === undefined || words === "" ? [] : [`${name}: ${words}`];
};

/** A key within a field: its lines are indented, and an empty one is a dot. */
const signedBy = (key: string | undefined): readonly string[] => {
  if (key === undefined) return [];
  if (!KEY.test(key.trim())) return [`Signed-By: ${absolute(key)}`];
  const lines = key.trim().split("\n");
  return ["Signed-By:", ...lines.map((line) => ` ${line.trim() === "" ? "." : line.trimEnd()}`)];
};

/** The text of the repository's file: sources.list(5), deb822 style. */
export const aptRepoText = (options: AptRepoOptions): string => {
  const { types = "deb", enabled = true, settings = {} } = options;
  return [
    "# Written by weft: the next run takes changes back.",
    ...field("Types", types),
    ...field("URIs", options.uris),
    ...field("Suites", options.suites),
    ...field("Components", options.components),
    ...field("Architectures", options.architectures),
    ...(enabled ? [] : ["Enabled: no"]),
    ...signedBy(options.signedBy),
    ...Object.entries(settings).map(([key, value]) => `${key}: ${value}`),
    "",
  ].join("\n");
};

/**
 * A repository of packages for apt, in a file of its own. Its lists are fetched when it is written.
 *
 * @category System
 *
 * @example
 * ```ts
 * aptRepo({
 *   name: "docker",
 *   uris: "https://download.docker.com/linux/debian",
 *   suites: "bookworm",
 *   components: "stable",
 *   signedBy: "/etc/apt/keyrings/docker.asc",
 * })
 * ```
 *
 * @throws TaskError for a name that apt would pass over, a field with a line end, or without an address or a suite
 */
export const aptRepo = (options: AptRepoOptions): Task => {
  const { name, uris, suites, enabled = true, absent = false } = options;
  if (!/^[A-Za-z0-9_.-]+$/.test(name)) {
    throw new TaskError(
      `"${name}" cannot name a package repository: apt would pass its file over`,
      {
        hint: 'Use letters, digits, "_", "." and "-" only.',
      },
    );
  }
  const path = `/etc/apt/sources.list.d/${name}.sources`;
  if (absent) return { ...absentPath({ path }), title: `no package repo ${name}` };
  if (uris === undefined || suites === undefined) {
    throw new TaskError(`package repository ${name} has no address or no suite`, {
      hint: "Give it uris and suites.",
    });
  }
  const { types = [], components = [], architectures = [], settings = {} } = options;
  const values = [types, uris, suites, components, architectures, Object.values(settings)].flat();
  if (values.some((value) => value.includes("\n"))) {
    throw new TaskError(`package repository ${name}: a field must be one line`);
  }
  const text = aptRepoText(options);
  const fetchLists = sh`apt-get -q -o DPkg::Lock::Timeout=120 \
  -o ${`Dir::Etc::sourcelist=${path}`} -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 update`;
  return contentTask({
    title: `package repo ${name}`,
    path,
    sha256: sha256(text),
    text,
    mode: "644",
    write: (kept) => {
      const write = replaceFile({ path, text, ...kept });
      return enabled
        ? { summary: `write ${path} and fetch its lists`, command: sh`${write} && ${fetchLists}` }
        : { summary: `write ${path}`, command: write };
    },
  });
};
