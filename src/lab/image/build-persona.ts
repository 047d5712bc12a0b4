import { mkdir, mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { machine } from "../machine.ts";
import { buildBaseEntries, buildRpms } from "./build-rpm.ts";
import type { Persona } from "./persona.ts";
import { writeTree } from "./tree.ts";

// Runs in a mount namespace of its own, so that the mount goes with it. Files alone are laid on the base:
// directories of the base keep their modes and owners. The repository keeps what is shared, and nothing
// else of the base's.
const layScript = `set -eu
umask 022
mount -t overlay overlay -o "lowerdir=$BASE,upperdir=$LAYER,workdir=$WORK" "$ROOT"
cd "$ROOT/srv/repo"
for rpm in *.rpm; do
  case " $SHARED " in *" \${rpm%-*-*} "*) ;; *) rm "$rpm" ;; esac
done
cd "$STAGE"
find . ! -type d -print0 | tar --create --null --files-from=- | tar --extract --directory="$ROOT"
rm -rf "$ROOT/srv/repo/repodata"
createrepo_c --quiet "$ROOT/srv/repo"
exec chroot "$ROOT" /bin/bash
`;

const insideScript = ({ forgotten, prepare = "", script }: Persona): string => `set -eu
${prepare}rpm -e --justdb --nodeps ${forgotten.join(" ")}
rpm -i --justdb /srv/base-entries/*.rpm
for rpm in /srv/first/*.rpm; do
  [ ! -e "$rpm" ] || rpm -U --nodeps --excludedocs "$rpm"
done
rm -rf /srv/base-entries /srv/first /var/cache/dnf
${script}
rm -rf /var/log/* /tmp/* /run/*
`;

/**
 * Builds a layer that makes the base image another release, from what was downloaded for the base image:
 * it needs no network. Made aside and moved into place at the end.
 * @param options.base the base image's directory
 * @param options.debs the Debian packages that were downloaded for it
 * @param options.image the directory that will hold `layer` and `base`, a link to the base image beside it
 */
export const buildPersona = async (
  persona: Persona,
  { base, debs, image }: { base: string; debs: string; image: string },
): Promise<void> => {
  const building = await mkdtemp(join(dirname(image), "building-"));
  try {
    const stage = join(building, "stage");
    const rpms = join(building, "rpms");
    const made = join(building, "image");
    const [layer, work, root] = [
      join(made, "layer"),
      join(building, "work"),
      join(building, "root"),
    ];
    for (const directory of [layer, work, root]) await mkdir(directory, { recursive: true });
    await Promise.all([
      writeTree(stage, persona.files),
      buildRpms(persona.offered, {
        debs,
        work: join(rpms, "repo"),
        into: join(stage, "srv/repo"),
      }),
      buildRpms(persona.installed, {
        debs,
        work: join(rpms, "first"),
        into: join(stage, "srv/first"),
      }),
      buildBaseEntries(persona.entries, {
        dist: persona.dist,
        work: join(rpms, "entries"),
        into: join(stage, "srv/base-entries"),
      }),
    ]);
    const variables = [
      `BASE=${base}`,
      `LAYER=${layer}`,
      `WORK=${work}`,
      `ROOT=${root}`,
      `STAGE=${stage}`,
      `SHARED=${persona.shared.join(" ")}`,
    ];
    await machine({
      input: insideScript(persona),
    })`env ${variables} unshare --mount --propagation private sh -c ${layScript}`;
    await symlink(join("..", basename(base)), join(made, "base"));
    await rm(image, { recursive: true, force: true });
    await rename(made, image);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
};
