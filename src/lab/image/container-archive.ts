import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { machine } from "../machine.ts";
import { archiveFiles, imageConfig, imageManifest } from "./container-image.ts";
import { writeTree } from "./tree.ts";

const sha256 = (data: Buffer | string): string => createHash("sha256").update(data).digest("hex");

// Docker's words for Node's.
const architectures: Partial<Record<NodeJS.Architecture, string>> = {
  x64: "amd64",
  arm64: "arm64",
};

/** Packs a directory the same way each time, so that the same content has the same layer id. */
const pack = async (directory: string, archive: string): Promise<void> => {
  await machine`tar --create --file ${archive} --directory ${directory} --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner .`;
};

/**
 * Writes a `docker load` archive of busybox without a Docker engine.
 * @param options.busyboxDeb the busybox-static package
 * @param options.work a directory to build in; left behind
 * @param options.archive where the finished tar is put, in one move
 */
export const buildContainerArchive = async ({
  busyboxDeb,
  work,
  archive,
}: {
  busyboxDeb: string;
  work: string;
  archive: string;
}): Promise<void> => {
  const unpacked = join(work, "deb");
  const root = join(work, "root");
  const image = join(work, "image");
  await mkdir(join(root, "bin"), { recursive: true });
  await mkdir(image, { recursive: true });
  await machine`dpkg-deb --extract ${busyboxDeb} ${unpacked}`;
  await machine`cp ${join(unpacked, "bin/busybox")} ${join(root, "bin/busybox")}`;
  const { stdout } = await machine`${join(root, "bin/busybox")} --list-full`;
  for (const applet of stdout.split("\n").filter((path) => path !== "" && path !== "bin/busybox")) {
    await mkdir(join(root, dirname(applet)), { recursive: true });
    await symlink("/bin/busybox", join(root, applet));
  }
  for (const directory of ["dev", "proc", "sys", "root", "var/www", "run"]) {
    await mkdir(join(root, directory), { recursive: true });
  }
  await mkdir(join(root, "tmp"));
  await chmod(join(root, "tmp"), 0o1777);
  await writeTree(root, archiveFiles);

  await pack(root, join(work, "layer.tar"));
  const layer = await readFile(join(work, "layer.tar"));
  const layerId = sha256(layer);
  const config = imageConfig(layerId, architectures[process.arch] ?? process.arch);
  const configFile = `${sha256(config)}.json`;
  await mkdir(join(image, layerId));
  await writeFile(join(image, layerId, "layer.tar"), layer);
  await writeFile(join(image, configFile), config);
  await writeFile(join(image, "manifest.json"), imageManifest(configFile, `${layerId}/layer.tar`));
  await pack(image, `${archive}.new`);
  await rename(`${archive}.new`, archive);
};
