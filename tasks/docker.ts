import type { TaskList } from "weft";
import { oneOf } from "./package/one-of.ts";
import { service } from "./service.ts";

/**
 * The Docker engine, installed and running: whichever the host has, else the first that it offers.
 *
 * Docker's own package comes first, then Fedora's, EL6's from EPEL, and EL7's.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * dockerEngine()
 * ```
 */
export const dockerEngine = (): TaskList => [
  oneOf({
    what: "docker",
    programs: ["dockerd"],
    names: ["docker-ce", "moby-engine", "docker-io", "docker"],
    impostor: "podman-docker",
    hint: "Add Docker's repository: https://docs.docker.com/engine/install/centos/",
  }),
  service({ unit: "docker" }),
];
