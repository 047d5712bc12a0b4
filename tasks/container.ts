import { createHash } from "node:crypto";
import { basename } from "node:path";
import { type Change, type Command, type CommandResult, change, sh, TaskError, task } from "weft";
import {
  dockerIsDown,
  dockerIsNew,
  inspectNamed,
  noSuchContainer,
} from "./docker/inspect-named.ts";

interface ContainerOptions {
  readonly name: string;
  readonly image: string;
  /** A local file made by `docker save`. Left out: an image that the host does not have is pulled. */
  readonly archive?: string | undefined;
  /** Default: the image's own. */
  readonly command?: readonly string[];
  /** "none": no NIC but those that other tasks attach. "bridge": eth0 on docker0. */
  readonly network: "none" | "bridge";
}

/** What Docker says of a container and its image. */
export interface ContainerState {
  readonly container:
    | { readonly running: boolean; readonly restart: string; readonly declaration: string }
    | undefined;
  /** Whether the host has the image; asked only where a container must be made. */
  readonly image: boolean;
  /** The policies that have a container start with the host: what it is made with first. */
  readonly restarts: readonly [string, ...string[]];
}

/** Holds a digest of what the container was made from: Docker can change neither image nor command later. */
export const label = "weft.declaration";
// One of an old Docker may have come with a newer one, which knew the other policy.
const restarts = { new: ["unless-stopped"], old: ["always", "unless-stopped"] } as const;

const digestOf = ({ image, command = [], network }: ContainerOptions): string =>
  createHash("sha256")
    .update(JSON.stringify({ image, command, network }))
    .digest("hex")
    .slice(0, 16);

const probe = (name: string, image: string, declaration: string): Command => sh`
${inspectNamed}
if command -v docker >/dev/null 2>&1; then
  found=$(inspect_named ${name} '{{.State.Running}} {{.HostConfig.RestartPolicy.Name}} {{index .Config.Labels "weft.declaration"}}.')
  echo "status=$?"
  echo "container $found"
  case $found in
    *${` ${declaration}.`}) ;;
    *)
      # Without a type a container may answer, which has no parent.
      if ${dockerIsNew}; then docker inspect --type image --format 'image {{.Id}}' ${image}
      else docker inspect --format '{{if .Parent}}{{end}}image {{.Id}}' ${image}; fi ;;
  esac
  ${dockerIsNew} || echo docker=old
fi
true`;

const parse = ({ stdout, stderr }: CommandResult): ContainerState => {
  const status = /^status=(\d+)$/m.exec(stdout)?.[1];
  // Where Docker is not installed or its engine does not run, there is no container to be seen yet.
  const policies = restarts[/^docker=old$/m.test(stdout) ? "old" : "new"];
  if (status === undefined || dockerIsDown.test(stderr)) {
    return { container: undefined, image: false, restarts: policies };
  }
  const found = /^container (true|false) (\S*) (\S*)\.$/m.exec(stdout);
  const isMissing =
    status === "0" ? /^container $/m.test(stdout) : new RegExp(noSuchContainer).test(stderr);
  if (found === null && !isMissing) {
    throw new TaskError(`Docker does not tell the container's state: ${stderr.trim()}`);
  }
  const [, running, policy = "", declaration = ""] = found ?? [];
  return {
    container: found ? { running: running === "true", restart: policy, declaration } : undefined,
    image: /^image \S/m.test(stdout),
    restarts: policies,
  };
};

/**
 * A container that runs, made from this declaration; one whose declaration has changed is made anew.
 * It starts with the host again (`--restart unless-stopped`; with a Docker before 1.12 `always`).
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * container({ name: "a1", image: "busybox:1", command: ["sleep", "infinity"], network: "none" })
 * ```
 */
export const container = (options: ContainerOptions) => {
  const { name, image, archive, command = [], network } = options;
  const declaration = digestOf(options);
  const run = (restart: string) =>
    sh`docker run --detach --name ${name} --label ${`${label}=${declaration}`} --net ${network} --restart ${restart} ${image} ${command} >/dev/null`;
  const fetch: Change =
    archive === undefined
      ? { summary: `pull image ${image}`, command: sh`docker pull ${image}` }
      : {
          summary: `load image ${image} from ${basename(archive)}`,
          command: sh`docker load`,
          stdin: { file: archive },
        };
  return task<ContainerState>({
    title: `container ${name}`,
    probe: { command: probe(name, image, declaration), parse },
    plan: ({ container: now, image: hasImage, restarts }) => {
      const [restart, ...others] = restarts;
      const anew = (why: string): Change => ({
        summary: `make container ${name} anew: ${why}`,
        command: sh`docker rm --force ${name} >/dev/null && ${run(restart)}`,
      });
      if (now?.declaration === declaration) {
        if (others.length > 0 && !restarts.includes(now.restart)) {
          return [anew("it does not start with the host, and this Docker cannot change that")];
        }
        return [
          ...change(
            !restarts.includes(now.restart),
            `have container ${name} start with the host`,
            sh`docker update --restart ${restart} ${name} >/dev/null`,
          ),
          ...change(!now.running, `start container ${name}`, sh`docker start ${name} >/dev/null`),
        ];
      }
      if (now?.declaration === "") {
        throw new TaskError(`there is a container ${name} already, and weft did not make it`, {
          hint: `Rename it or the one in the inventory, or remove it with: docker rm --force ${name}`,
        });
      }
      return [
        ...(hasImage ? [] : [fetch]),
        now === undefined
          ? { summary: `create container ${name}`, command: run(restart) }
          : anew("its declaration has changed"),
      ];
    },
  });
};
