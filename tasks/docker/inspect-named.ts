import { type Command, sh } from "weft";

/**
 * Has `inspect_named NAME FORMAT` be `docker inspect` of the container that is called so, which prints nothing
 * for any other one. Where no container has the name, Docker takes it for the beginning of an ID: a container
 * b3f0... answers to "b3", and would be mended, or removed, in the place of one that is still to be made.
 * https://docs.docker.com/reference/cli/docker/inspect/
 */
export const inspectNamed: Command = sh`
inspect_named() { docker inspect --type container --format '{{if eq .Name "/'"$1"'"}}'"$2"'{{end}}' "$1"; }`;

/** What Docker says of a name that no container has: also where several IDs begin with it. */
export const noSuchContainer = "[Nn]o such|[Mm]ultiple IDs found";
