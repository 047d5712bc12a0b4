import { type Command, type CommandResult, sh, TaskError } from "weft";

/** A package that a repository of the host has. */
export interface Offer {
  readonly name: string;
  /** Version and release, without the epoch. */
  readonly version: string;
}

/** Packages that are not installed, or newer versions of one that is. */
type OfferKind = "available" | "upgrades";

/**
 * Asks the package manager what it offers under these names; `*` stands for anything.
 *
 * It takes about a second and may fetch metadata, so that a probe asks only where something is
 * missing. Changes nothing but the package manager's own cache.
 */
export const askOffers = (names: readonly string[], kind: OfferKind = "available"): Command => sh`
if command -v dnf >/dev/null 2>&1; then
  LC_ALL=C dnf -q repoquery ${`--${kind}`} --latest-limit=1 \
    --queryformat 'offer %{name} %{version}-%{release}\n' ${names} || echo offers=failed
elif command -v yum >/dev/null 2>&1; then
  echo offers=yum
  LC_ALL=C yum -q list ${kind === "upgrades" ? "updates" : kind} ${names} 2>&1
else
  echo offers=none
fi`;

// yum breaks the lines of a list where a name is long: read words, not lines.
const yumName = /^(.+)\.(?:noarch|x86_64|i[3-6]86|aarch64|ppc64|ppc64le|s390x)$/;

const parseYum = (text: string): readonly Offer[] => {
  const words = text.split(/\s+/);
  const offers = words.flatMap((word, index) => {
    const name = yumName.exec(word)?.[1];
    const version = words[index + 1]?.replace(/^\d+:/, "");
    return name === undefined || !version ? [] : [{ name, version }];
  });
  if (offers.length === 0 && !text.includes("No matching Packages")) throw cannotTell(text);
  return offers;
};

function cannotTell(output: string): TaskError {
  return new TaskError(
    `the package manager cannot tell what it offers: ${output.trim().split("\n").at(-1) ?? ""}`,
    { hint: "Look at the host's repositories: dnf repolist -v" },
  );
}

/**
 * Reads the answer of {@link askOffers}, wherever in the output it stands.
 *
 * @throws TaskError where there is no package manager, or it failed.
 */
export const parseOffers = ({ stdout, stderr }: CommandResult): readonly Offer[] => {
  if (/^offers=none$/m.test(stdout)) {
    throw new TaskError("neither dnf nor yum is on this host", {
      hint: "Install what is needed by hand; the task then leaves it as it is.",
    });
  }
  if (/^offers=failed$/m.test(stdout)) throw cannotTell(stderr);
  const [, yum] = stdout.split(/^offers=yum$/m);
  if (yum !== undefined) return parseYum(yum);
  return [...stdout.matchAll(/^offer (\S+) (\S+)$/gm)].map(([, name = "", version = ""]) => ({
    name,
    version,
  }));
};
