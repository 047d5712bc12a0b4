import { change, sh, TaskError, type TaskList, task } from "weft";
import { install } from "./package/install.ts";
import { askOffers, parseOffers } from "./package/offers.ts";
import { service } from "./service.ts";

// Docker's own, then Fedora's, EL6's in EPEL, and EL7's. `rpm -q` and `repoquery`'s names are exact:
// podman-docker, which provides "docker", is another program.
const engines = ["docker-ce", "moby-engine", "docker-io", "docker"] as const;

const enginePackage = () =>
  task({
    title: "package docker",
    probe: {
      command: sh`
if command -v dockerd >/dev/null 2>&1; then
  echo installed
else
  case $(LC_ALL=C rpm -q --queryformat '<%{NAME}>' ${engines} podman-docker) in
    *'<podman-docker>'*) echo podman-docker ;;
    *'<'*) echo installed ;;
    *) ${askOffers(engines)} ;;
  esac
fi`,
      parse: (result) => {
        if (/^installed$/m.test(result.stdout)) return { installed: true as const };
        const podman = /^podman-docker$/m.test(result.stdout);
        const offers = podman ? [] : parseOffers(result);
        return { installed: false as const, podman, offers };
      },
    },
    plan: (now) => {
      if (now.installed) return [];
      if (now.podman) {
        throw new TaskError("podman-docker stands in for Docker on this host", {
          hint: "Its files are in the way of Docker's. Remove it first: dnf remove podman-docker",
        });
      }
      const name = engines.find((engine) => now.offers.some((offer) => offer.name === engine));
      if (name === undefined) {
        throw new TaskError(`no repository of this host offers ${engines.join(", ")}`, {
          hint: "Add Docker's: https://docs.docker.com/engine/install/centos/",
        });
      }
      const version = now.offers.find((offer) => offer.name === name)?.version ?? "";
      return change(true, `install ${name} ${version}`, install([name]));
    },
  });

/**
 * The Docker engine, installed and running: whichever the host has, else the first that it offers.
 *
 * ```ts
 * dockerEngine()
 * ```
 */
export const dockerEngine = (): TaskList => [enginePackage(), service({ unit: "docker" })];
