import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { machine } from "../machine.ts";
import type { RpmPackage } from "./rpm-package.ts";
import { writeTree } from "./tree.ts";

const notForHosts = [
  "etc/apparmor.d/",
  "etc/init.d/",
  "usr/share/bug/",
  "usr/share/doc/",
  "usr/share/doc-base/",
  "usr/share/info/",
  "usr/share/lintian/",
  "usr/share/locale/",
  "usr/share/man/",
];

/** Debian 12's packages still ship /bin, /sbin and /lib, which are links to /usr on the host. */
const mergeUsr = async (root: string): Promise<void> => {
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    const merged = join(root, "usr", name);
    await mkdir(merged, { recursive: true });
    await machine`[ ! -d ${join(root, name)} ] || cp -a ${join(root, name)}/. ${merged}/`;
    await rm(join(root, name), { recursive: true, force: true });
  }
};

/** The paths of all files and links under a directory, relative to it. */
const walk = async (root: string, under = ""): Promise<string[]> => {
  const entries = await readdir(join(root, under), { withFileTypes: true });
  const lists = entries.map((entry) => {
    const path = join(under, entry.name);
    return entry.isDirectory() ? walk(root, path) : [path];
  });
  return (await Promise.all(lists)).flat().sort();
};

const startsWithOne = (path: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => path.startsWith(prefix));

const dropUnwanted = async (root: string, rpm: RpmPackage): Promise<void> => {
  for (const path of await walk(root)) {
    const kept = rpm.only === undefined || startsWithOne(path, rpm.only);
    if (kept && !startsWithOne(path, [...notForHosts, ...(rpm.without ?? [])])) continue;
    await rm(join(root, path));
  }
};

const place = async (root: string, from: string, to: string): Promise<void> => {
  await mkdir(dirname(join(root, to)), { recursive: true });
  await rename(join(root, from), join(root, to));
};

const edit = async (
  path: string,
  replacements: readonly (readonly [string, string])[],
): Promise<void> => {
  let text = await readFile(path, "utf8");
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`${path}: does not contain ${JSON.stringify(from)}`);
    text = text.replace(from, () => to);
  }
  await writeFile(path, text);
};

/**
 * Lays out the files of one RPM.
 * @param rpm the package
 * @param debs the Debian packages that its files come from
 * @param root the directory to fill
 * @returns the lines of its `%files` section
 */
export const stageRpm = async (
  rpm: RpmPackage,
  debs: readonly string[],
  root: string,
): Promise<string[]> => {
  await mkdir(root, { recursive: true });
  for (const deb of debs) await machine`dpkg-deb --extract ${deb} ${root}`;
  await mergeUsr(root);
  await dropUnwanted(root, rpm);
  for (const [from, to] of Object.entries(rpm.moves ?? {}))
    await place(root, from, to).catch(ignoreMissing);
  for (const [path, target] of Object.entries(rpm.links ?? {}))
    await symlink(target, join(root, path));
  for (const [path, replacements] of Object.entries(rpm.edits ?? {}))
    await edit(join(root, path), replacements);
  await writeTree(root, rpm.files ?? {});
  for (const path of rpm.directories ?? []) await mkdir(join(root, path), { recursive: true });
  const files = await walk(root);
  return [
    ...(rpm.directories ?? []).map((path) => `%dir "/${path}"`),
    ...files.map((path) =>
      path.startsWith("etc/") ? `%config(noreplace) "/${path}"` : `"/${path}"`,
    ),
  ];
};

// runc lies in /usr/sbin in one Debian release and in /usr/bin in another.
const ignoreMissing = (error: NodeJS.ErrnoException): void => {
  if (error.code !== "ENOENT") throw error;
};
