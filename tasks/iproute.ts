import { change, sh, TaskError, task } from "weft";
import { install } from "./package/install.ts";
import { askOffers, parseOffers } from "./package/offers.ts";

/**
 * An `ip` that knows network namespaces: iproute is upgraded where `ip netns list` fails.
 *
 * EL6's own iproute does not know them; a build that does is in RDO's el6 archive.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * iproute()
 * ```
 */
export const iproute = () =>
  task({
    title: "iproute with network namespaces",
    probe: {
      command: sh`
if ip netns list >/dev/null 2>&1; then
  echo netns=yes
else
  echo netns=no
  installed=$(LC_ALL=C rpm -q --queryformat 'installed %{VERSION}-%{RELEASE}\n' iproute) && echo "$installed"
  case $installed in
    installed*) ${askOffers(["iproute"], "upgrades")} ;;
    *) ${askOffers(["iproute"])} ;;
  esac
fi`,
      parse: (result) => {
        const { stdout, stderr } = result;
        if (/^netns=yes$/m.test(stdout)) return { netns: true as const };
        if (!/^netns=no$/m.test(stdout)) {
          throw new TaskError(`the answer cannot be understood: ${stderr.trim()}`);
        }
        return {
          netns: false as const,
          installed: /^installed (\S+)$/m.exec(stdout)?.[1],
          offered: parseOffers(result).find(({ name }) => name === "iproute")?.version,
        };
      },
    },
    plan: (now) => {
      if (now.netns) return [];
      const { installed, offered } = now;
      if (offered === undefined) {
        const has =
          installed === undefined ? "is not installed" : `${installed} cannot do ip netns`;
        throw new TaskError(`iproute ${has}, and no repository of this host offers a newer one`, {
          hint: "Add a repository that has it: for EL6, RDO's el6 archive with iproute-2.6.32-130.el6ost.netns.2.",
        });
      }
      const summary =
        installed === undefined
          ? `install iproute ${offered}`
          : `upgrade iproute ${installed} to ${offered}`;
      return change(true, summary, install([`iproute-${offered}`]));
    },
  });
