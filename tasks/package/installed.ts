import { type Command, type CommandResult, sh, TaskError } from "weft";

/** What a host has of some packages. */
export interface InstalledPackages {
  /** What the host's packages are. */
  readonly kind: "rpm" | "deb";
  /** Full versions by name, with the epoch; several of one that may be there more than once, such as a kernel. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
  /** Names that no package is called but one provides. */
  readonly provided: ReadonlySet<string>;
}

/**
 * Asks which of these are installed, and in which version: one rpm for all names. Those that no package is called may
 * still be provided by one, as `iptables` is by iptables-nft on EL9.
 */
export const askInstalled = (names: readonly string[]): Command => sh`
if command -v dnf >/dev/null 2>&1 || command -v yum >/dev/null 2>&1; then
  LC_ALL=C rpm -q --queryformat 'installed %{NAME} %|EPOCH?{%{EPOCH}}:{0}|:%{VERSION}-%{RELEASE}\n' ${names} || for name in ${names}; do
    if rpm -q --whatprovides "$name" >/dev/null 2>&1; then echo "provided $name"; fi
  done
elif command -v dpkg-query >/dev/null 2>&1; then
  echo packages=deb
  dpkg-query -W -f='\${Status}:\${Package} \${Version}\n' ${names} 2>/dev/null |
    sed -n 's/^[^ ]* ok installed:/installed /p'
fi`;

/**
 * Reads the answer of {@link askInstalled}.
 *
 * @throws TaskError where rpm does not say of each name whether it is installed
 */
export const parseInstalled = (
  names: readonly string[],
  { stdout, stderr }: CommandResult,
): InstalledPackages => {
  const kind = /^packages=deb$/m.test(stdout) ? "deb" : "rpm";
  const versions = new Map<string, string[]>();
  for (const [, name = "", version = ""] of stdout.matchAll(/^installed (\S+) (\S+)$/gm)) {
    versions.set(name, [...(versions.get(name) ?? []), version]);
  }
  const provided = new Set(
    [...stdout.matchAll(/^provided (\S+)$/gm)].flatMap(([, name = ""]) =>
      versions.has(name) ? [] : [name],
    ),
  );
  const lines = new Set(stdout.split("\n"));
  const unanswered = names.find(
    (name) =>
      !versions.has(name) && !provided.has(name) && !lines.has(`package ${name} is not installed`),
  );
  if (kind === "rpm" && unanswered !== undefined) {
    throw new TaskError(`rpm does not tell whether ${unanswered} is installed: ${stderr.trim()}`);
  }
  return { kind, versions, provided };
};
