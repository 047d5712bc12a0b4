import { change, sh, TaskError, task } from "weft";
import { install } from "./install.ts";
import { askOffers, parseOffers } from "./offers.ts";

interface OneOfOptions {
  /** What the packages are, for titles and messages. */
  readonly what: string;
  /** Programs of which one is there whichever of the packages, or something else, brought it. */
  readonly programs: readonly string[];
  /** The packages' names, the preferred one first. */
  readonly names: readonly string[];
  /** What to do where a host is offered none of them. */
  readonly hint: string;
  /** A package that brings something else under the same name. */
  readonly impostor?: string;
}

/** One package of several that do the same, by releases that name it differently; any that is there will do. */
export const oneOf = ({ what, programs, names, hint, impostor }: OneOfOptions) =>
  task({
    title: `package ${what}`,
    probe: {
      // rpm's and repoquery's names are compared as a whole: other packages may provide such a name.
      command: sh`
found=
for program in ${programs}; do
  if command -v "$program" >/dev/null 2>&1; then found=yes; fi
done
if [ -n "$found" ]; then
  echo installed
else
  case $(LC_ALL=C rpm -q --queryformat '<%{NAME}>' ${[...names, ...(impostor ? [impostor] : [])]} 2>/dev/null) in
    *${impostor ? `<${impostor}>` : "<>"}*) echo impostor ;;
    *'<'*) echo installed ;;
    *) ${askOffers(names)} ;;
  esac
fi`,
      parse: (result) => {
        if (/^installed$/m.test(result.stdout)) return { is: "installed" as const };
        if (/^impostor$/m.test(result.stdout)) return { is: "impostor" as const };
        const offers = parseOffers(result);
        const found = names.flatMap((name) => offers.find((offer) => offer.name === name) ?? []);
        return { is: "absent" as const, offer: found[0] };
      },
    },
    plan: (now) => {
      if (now.is === "installed") return [];
      if (now.is === "impostor") {
        throw new TaskError(`${impostor} stands in for ${what} on this host`, {
          hint: `Its files are in the way. Remove it first: dnf remove ${impostor}`,
        });
      }
      if (now.offer === undefined) {
        const all = new Intl.ListFormat("en", { type: "disjunction" }).format(names);
        throw new TaskError(`no repository of this host offers ${all}`, { hint });
      }
      const { name, version } = now.offer;
      return change(true, `install ${name} ${version}`, install([name]));
    },
  });
