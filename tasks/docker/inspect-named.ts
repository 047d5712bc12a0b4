import { type Command, sh } from "weft";

/**
 * Tells a Docker before 1.12, such as EL6's 1.7.1, by its engine, which was no program of its own. It knows no
 * types of what to inspect, no formats of lists, `always` as the only policy that survives a reboot, and cannot
 * change it. Red Hat's 1.12 and 1.13 for EL7 have another name for the program.
 */
export const dockerIsNew: Command = sh`{ command -v dockerd || command -v dockerd-current; } >/dev/null 2>&1`;

/**
 * Has `inspect_containers FORMAT NAME...` be `docker inspect` of containers alone, and `inspect_named NAME FORMAT`
 * of the container that is called so, which prints nothing for any other one.
 *
 * - Where no container has the name, Docker takes it for the beginning of an ID: a container b3f0... answers to
 *   "b3", and would be mended, or removed, in the place of one that is still to be made.
 * - An old Docker takes it for an image's name after that, and what has no `.Name` ends its answer. So there all
 *   containers are asked by their IDs, and those with the names answer: one that is missing is no error.
 * https://docs.docker.com/reference/cli/docker/inspect/
 */
export const inspectNamed: Command = sh`
inspect_containers() {
  if ${dockerIsNew}; then docker inspect --type container --format "$@"; return; fi
  format=$1; shift
  names=$(printf ' "/%s"' "$@")
  ids=$(docker ps --all --quiet --no-trunc) || return
  [ -z "$ids" ] || docker inspect --format "{{if eq .Name$names}}$format{{end}}" $ids | sed '/^$/d'
}
inspect_named() { inspect_containers '{{if eq .Name "/'"$1"'"}}'"$2"'{{end}}' "$1"; }`;

/** What Docker says of a name that no container has: also where several IDs begin with it. */
export const noSuchContainer = "[Nn]o such (container|image|object)|[Mm]ultiple IDs found";

/** What Docker says where its engine does not run; the second words are 29's, the last those before 1.8. */
export const dockerIsDown =
  /Cannot connect to the Docker daemon|failed to connect to the docker API|dial unix \S+ (connect: )?no such file or directory/;
