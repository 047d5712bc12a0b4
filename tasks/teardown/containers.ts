import { change, sh, TaskError, task } from "weft";
import { parseRecord, recordPath } from "../baseline/record.ts";
import { label } from "../container.ts";
import { dockerIsDown, dockerIsNew } from "../docker/inspect-named.ts";
import { readSection, section } from "../file/section.ts";

interface ContainersOptions {
  readonly containers: readonly { readonly name: string; readonly image: string }[];
}

interface ContainersState {
  readonly containers: readonly string[];
  /** Images that came for them, which no other container needs. */
  readonly images: readonly string[];
}

// As Docker lists it.
const tagged = (image: string): string => (/:[^/]+$/.test(image) ? image : `${image}:latest`);

/** None of these containers, nor the images that came for them. Containers that weft did not make stay. */
export const noContainers = ({ containers }: ContainersOptions) => {
  const names = containers.map(({ name }) => name);
  const images = [...new Set(containers.map(({ image }) => tagged(image)))];
  return task<ContainersState>({
    title: `no containers ${names.join(", ")}`,
    probe: {
      command: sh`
if command -v docker >/dev/null 2>&1; then
  if ${dockerIsNew}; then
    docker ps --all --no-trunc --format ${`container {{.Names}} {{.Image}} {{.Label "${label}"}}`}
    echo "listed=$?"
    docker inspect --type image --format 'image {{.Id}} {{range .RepoTags}}{{.}} {{end}}' ${images} 2>/dev/null
  else
    ids=$(docker ps --all --quiet --no-trunc) &&
      { [ -z "$ids" ] || docker inspect --format ${`container {{.Name}} {{.Config.Image}} {{index .Config.Labels "${label}"}}`} $ids; }
    echo "listed=$?"
    docker images --no-trunc 2>/dev/null | while read -r name tag id _; do echo "image $id $name:$tag "; done
  fi
fi
${readSection("baseline", recordPath)}`,
      parse: (result) => {
        const status = /^listed=(\d+)$/m.exec(result.stdout)?.[1] ?? "0";
        // One that does not start with the host is not running: it has no container that does.
        if (status !== "0" && !dockerIsDown.test(result.stderr)) {
          throw new TaskError(`Docker does not tell its containers: ${result.stderr.trim()}`);
        }
        const found = [...result.stdout.matchAll(/^container \/?(\S+) (\S+) (\S*)$/gm)].map(
          ([, name = "", image = "", declaration = ""]) => ({
            name,
            image,
            own: declaration !== "" && names.includes(name),
          }),
        );
        const record = section("baseline", result);
        const before = record === undefined ? undefined : parseRecord(record);
        const came = [...result.stdout.matchAll(/^image (\S+) (.*)$/gm)].flatMap(
          ([, id = "", tags = ""]) =>
            before?.images === undefined || before.images.has(id) ? [] : tags.trim().split(" "),
        );
        return {
          containers: found.flatMap(({ name, own }) => (own ? [name] : [])),
          images: came.filter(
            (tag) =>
              images.includes(tag) &&
              !found.some(({ own, image }) => !own && tagged(image) === tag),
          ),
        };
      },
    },
    plan: (now) => [
      ...change(
        now.containers.length > 0,
        `remove ${now.containers.join(", ")}`,
        sh`docker rm --force --volumes ${now.containers} >/dev/null`,
      ),
      ...change(
        now.images.length > 0,
        `remove image ${now.images.join(", ")}`,
        sh`docker rmi ${now.images} >/dev/null`,
      ),
    ],
  });
};
