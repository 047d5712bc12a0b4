import { change, sh, TaskError, task } from "weft";
import { install } from "./package/install.ts";

interface PackagesOptions {
  /** Package names, or names that packages provide. */
  readonly names: readonly string[];
}

// One rpm for all names; those that no package is called may still be provided by one, as
// `iptables` is by iptables-nft on EL9.
const probe = (names: readonly string[]) => sh`
if command -v dnf >/dev/null 2>&1 || command -v yum >/dev/null 2>&1; then
  LC_ALL=C rpm -q --queryformat 'installed %{NAME}\n' ${names} || for name in ${names}; do
    if rpm -q --whatprovides "$name" >/dev/null 2>&1; then echo "installed $name"; fi
  done
elif command -v dpkg-query >/dev/null 2>&1; then
  echo manager=apt
  dpkg-query -W -f='\${Status}:\${Package}\n' ${names} 2>/dev/null |
    sed -n 's/^install ok installed:/installed /p'
fi`;

/**
 * Packages that are installed, in whatever version. Those that are missing come in one transaction.
 *
 * @example
 * ```ts
 * packages({ names: ["tcpdump", "ethtool"] })
 * ```
 */
export const packages = ({ names }: PackagesOptions) =>
  task({
    title: `packages ${names.join(", ")}`,
    probe: {
      command: probe(names),
      parse: ({ stdout, stderr }) => {
        const lines = new Set(stdout.split("\n"));
        const missing = names.filter((name) => !lines.has(`installed ${name}`));
        const unanswered = missing.find((name) => !lines.has(`package ${name} is not installed`));
        if (unanswered !== undefined && !lines.has("manager=apt")) {
          throw new TaskError(
            `rpm does not tell whether ${unanswered} is installed: ${stderr.trim()}`,
          );
        }
        return { missing };
      },
    },
    plan: ({ missing }) =>
      change(missing.length > 0, `install ${missing.join(", ")}`, install(missing)),
  });
