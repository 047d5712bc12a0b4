import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { machine } from "../machine.ts";
import type { Progress } from "../progress.ts";
import { baseFiles, baseScript } from "./base-files.ts";
import { baseEntries, basePackages, excludedPaths, suite } from "./base-packages.ts";
import { buildBaseEntries, buildRpms, debsOf } from "./build-rpm.ts";
import { buildContainerArchive } from "./container-archive.ts";
import { installedPackages, repositoryPackages } from "./recipe.ts";
import { debGroups } from "./rpm-package.ts";
import { writeTree } from "./tree.ts";

// Runs while mmdebstrap's package lists are still there; $1 is the new root. Each group is downloaded
// on its own, with whatever it needs that the base does not have.
const downloadHook = (into: string): string =>
  [
    "set -eu",
    ...Object.entries(debGroups).flatMap(([group, packages]) => [
      `mkdir -p ${into}/${group}/partial`,
      `APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get --quiet=2 --yes --no-install-recommends --download-only -o APT::Sandbox::User=root -o Dir::Cache::archives=${into}/${group} install ${packages.join(" ")}`,
    ]),
  ].join("\n");

const bootstrap = async (root: string, debs: string, hook: string): Promise<void> => {
  await writeFile(hook, downloadHook(debs));
  const options = excludedPaths.map((path) => `--dpkgopt=path-exclude=${path}`);
  await machine`mmdebstrap --quiet --mode=root --variant=minbase ${options} --include=${basePackages.join(",")} --customize-hook=${`sh ${hook} "$1"`} ${suite} ${root}`;
};

/**
 * Builds the base image of the lab's hosts and the container image archive. Everything is made in a
 * directory of its own and moved into place at the end, so that an interrupted build leaves no half image.
 * @param options.image the directory that will hold the image
 * @param options.debs the one that will hold the downloaded Debian packages, for the personas' RPMs
 * @param options.archive the container image archive, in the format of `docker save`
 * @param options.images the directory of images, on the same file system
 */
export const buildImage = async ({
  image,
  debs: keptDebs,
  archive,
  images,
  progress,
}: {
  image: string;
  debs: string;
  archive: string;
  images: string;
  progress: Progress;
}): Promise<void> => {
  await mkdir(images, { recursive: true });
  const work = await mkdtemp(join(images, "building-"));
  try {
    const root = join(work, "root");
    const debs = join(work, "debs");
    progress(`bootstrapping Debian ${suite} for the base image`);
    await bootstrap(root, debs, join(work, "download.sh"));

    progress("building the RPM repository");
    const rpms = join(work, "rpms");
    await Promise.all([
      buildRpms(repositoryPackages, {
        debs,
        work: join(rpms, "repo"),
        into: join(root, "srv/repo"),
      }),
      buildRpms(installedPackages, {
        debs,
        work: join(rpms, "first"),
        into: join(root, "srv/first"),
      }),
      buildBaseEntries(baseEntries, {
        dist: "el9",
        work: join(rpms, "entries"),
        into: join(root, "srv/base-entries"),
      }),
    ]);
    await machine`createrepo_c --quiet ${join(root, "srv/repo")}`;

    progress("building the container image");
    const [busyboxDeb = ""] = await debsOf(debs, "busybox");
    await buildContainerArchive({ busyboxDeb, work: join(work, "container"), archive });

    progress("turning the base image into a CentOS-like host");
    await writeTree(root, baseFiles);
    await machine({ input: baseScript })`chroot ${root} /bin/bash`;
    for (const [made, place] of [
      [debs, keptDebs],
      [root, image],
    ] as const) {
      await rm(place, { recursive: true, force: true });
      await rename(made, place);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};
