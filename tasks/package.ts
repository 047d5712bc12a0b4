import { type Change, type CommandResult, change, sh, TaskError, task } from "weft";
import { askCandidates, parseCandidates } from "./package/candidates.ts";
import { install, remove } from "./package/install.ts";
import { askInstalled, type InstalledPackages, parseInstalled } from "./package/installed.ts";
import { askOffers, parseOffers } from "./package/offers.ts";
import { isVersion, withoutEpoch } from "./package/version.ts";

/** A package in one version and no other. */
interface PinnedPackage {
  readonly name: string;
  /** As the package manager writes it, with or without the epoch and, for an rpm, the release; `*` stands for anything: "1.24.*". */
  readonly version: string;
}

interface PackagesOptions {
  /** Package names, names that packages provide, or names with a version: `{ name: "nginx", version: "1.24.*" }`. */
  readonly names: readonly (string | PinnedPackage)[];
  /** "present": in whatever version. "latest": the newest that the repositories offer. "absent": not installed. Default: "present". */
  readonly state?: "present" | "latest" | "absent";
}

/** What a host has of the packages, and what its package manager offers in their place. */
export interface PackagesState extends InstalledPackages {
  /** Newer versions by name; asked for where the latest are wanted. */
  readonly offered: ReadonlyMap<string, string>;
}

interface Wanted {
  readonly name: string;
  readonly version: string | undefined;
}

/** One package that is not as declared: what to say of it, and what to hand to the package manager. */
interface Need {
  readonly say: string;
  readonly spec: string;
  /** Whether that names a version. */
  readonly pinned: boolean;
  /** It takes the place of another version. */
  readonly replaces: boolean;
}

const askOffered = (names: readonly string[]) => sh`
if command -v dnf >/dev/null 2>&1 || command -v yum >/dev/null 2>&1; then ${askOffers(names, "upgrades")}
else ${askCandidates(names)}; fi`;

const offeredIn = (result: CommandResult, kind: "rpm" | "deb"): ReadonlyMap<string, string> =>
  kind === "deb"
    ? parseCandidates(result)
    : new Map(parseOffers(result).map(({ name, version }) => [name, version]));

const needOf = (wanted: Wanted, now: PackagesState): readonly Need[] => {
  const { name } = wanted;
  const version = wanted.version ?? now.offered.get(name);
  const installed = now.versions.get(name);
  const pinned = version !== undefined;
  const spec = version === undefined ? name : `${name}${now.kind === "deb" ? "=" : "-"}${version}`;
  if (installed === undefined) {
    const say = wanted.version === undefined ? name : `${name} ${version}`;
    const isThere = wanted.version === undefined && now.provided.has(name);
    return isThere ? [] : [{ say, spec, pinned, replaces: false }];
  }
  if (version === undefined || installed.some((it) => isVersion(version, it, now.kind))) return [];
  const had = withoutEpoch(installed.at(-1) ?? "");
  return [{ say: `${name} ${had} -> ${version}`, spec, pinned, replaces: true }];
};

const planInstall = (needs: readonly Need[]): readonly Change[] => {
  const say = (replaces: boolean): string =>
    needs.flatMap((need) => (need.replaces === replaces ? [need.say] : [])).join(", ");
  const parts = [say(false) && `install ${say(false)}`, say(true) && `replace ${say(true)}`];
  return change(
    needs.length > 0,
    parts.filter((part) => part !== "").join("; "),
    install(
      needs.flatMap(({ spec, pinned }) => (pinned ? [] : [spec])),
      needs.flatMap(({ spec, pinned }) => (pinned ? [spec] : [])),
    ),
  );
};

/** @throws TaskError for what the package manager would take for something else */
const check = ({ name, version }: Wanted, state: string): void => {
  if (!/^[\w(/][^\s*?]*$/.test(name)) throw new TaskError(`"${name}" is no package's name`);
  if (version === undefined) return;
  if (!/^[\w*]\S*$/.test(version)) {
    throw new TaskError(`"${version}" is no version of package ${name}`);
  }
  if (state !== "present") {
    throw new TaskError(`package ${name} has a version, so that it cannot be ${state}`, {
      hint: "Leave out the version or the state.",
    });
  }
};

/**
 * Packages that are installed, or are not; all that is to be done comes in one transaction of dnf, yum or
 * apt-get. A package with a version is brought to that one, also from a newer one. The latest version is what
 * the host's package manager says it is when it is asked: dnf and yum fetch metadata that is too old first, apt
 * goes by the lists that the host has.
 *
 * @category System
 *
 * @example
 * ```ts
 * packages({ names: ["tcpdump", "ethtool"] })
 * packages({ names: ["nginx", { name: "git", version: "2.43.*" }] })
 * packages({ names: ["openssl", "openssh-server"], state: "latest" })
 * packages({ names: ["telnet-server"], state: "absent" })
 * ```
 *
 * @throws TaskError for a name that cannot be a package's, or a version where the state says otherwise
 */
export const packages = ({ names: given, state = "present" }: PackagesOptions) => {
  const wanted = given.map(
    (it): Wanted => (typeof it === "string" ? { name: it, version: undefined } : it),
  );
  const names = wanted.map(({ name }) => name);
  for (const it of wanted) check(it, state);
  const prefix = { present: "packages", latest: "latest packages", absent: "no packages" }[state];
  const latest = state === "latest";
  return task<PackagesState>({
    title: `${prefix} ${wanted.map((it) => (it.version ? `${it.name} ${it.version}` : it.name)).join(", ")}`,
    probe: {
      command: latest
        ? sh`
${askInstalled(names)}
${askOffered(names)}`
        : askInstalled(names),
      parse: (result) => {
        const installed = parseInstalled(names, result);
        const offered = latest ? offeredIn(result, installed.kind) : new Map<string, string>();
        return { ...installed, offered };
      },
    },
    plan: (now) => {
      if (state !== "absent") return planInstall(wanted.flatMap((it) => needOf(it, now)));
      const there = names.filter((name) => now.versions.has(name));
      return change(there.length > 0, `remove ${there.join(", ")}`, remove(there));
    },
  });
};
