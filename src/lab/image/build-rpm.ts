import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { machine } from "../machine.ts";
import type { DebGroup, RpmPackage } from "./rpm-package.ts";
import { type BaseEntry, baseEntriesSpec, specText, upstreamVersion } from "./rpm-spec.ts";
import { stageRpm } from "./stage.ts";

const rpmbuild = async (work: string, spec: string, into: string): Promise<void> => {
  const specFile = join(work, "package.spec");
  await writeFile(specFile, spec);
  await machine`rpmbuild -bb --quiet --define ${`_topdir ${work}`} --define ${`_rpmdir ${into}`} --define ${"_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm"} --dbpath ${join(work, "db")} ${specFile}`;
};

const versionOf = async (name: string, debs: readonly string[]): Promise<string> => {
  for (const deb of debs) {
    const { stdout } = await machine`dpkg-deb --field ${deb} Package Version`;
    const field = (key: string): string =>
      new RegExp(`^${key}: (.*)$`, "m").exec(stdout)?.[1] ?? "";
    if (field("Package") === name) return upstreamVersion(field("Version"));
  }
  throw new Error(`none of the downloaded Debian packages is ${name}`);
};

/**
 * Builds one RPM from the files of Debian packages.
 * @param options.debs the Debian packages of its group
 * @param options.work a directory to build in; left behind
 * @param options.into the directory that receives the .rpm
 */
const buildRpm = async ({
  rpm,
  debs,
  work,
  into,
}: {
  rpm: RpmPackage;
  debs: readonly string[];
  work: string;
  into: string;
}): Promise<void> => {
  const stage = join(work, "stage");
  const fileList = join(work, "files");
  const lines = await stageRpm(rpm, debs, stage);
  await writeFile(fileList, `${lines.join("\n")}\n`);
  const version = rpm.version ?? (await versionOf(rpm.versionOf ?? rpm.name, debs));
  await rpmbuild(
    work,
    specText(rpm, { version, stage, fileList, noarch: rpm.debs === undefined }),
    into,
  );
};

/** The downloaded Debian packages of a group. */
export const debsOf = async (debs: string, group: DebGroup): Promise<string[]> => {
  const names = (await readdir(join(debs, group))).filter((name) => name.endsWith(".deb"));
  // dhcp-client needs iproute2, which a host has as an RPM.
  const wanted = names.filter((name) => group === "iproute" || !name.startsWith("iproute2_"));
  return wanted.map((name) => join(debs, group, name));
};

/**
 * Builds RPMs side by side.
 * @param options.debs the directory of downloads, with a directory a group
 * @param options.work a directory to build in; left behind
 * @param options.into the directory that receives the .rpm files
 */
export const buildRpms = async (
  packages: readonly RpmPackage[],
  { debs, work, into }: { debs: string; work: string; into: string },
): Promise<void> => {
  await mkdir(into, { recursive: true });
  await Promise.all(
    packages.map(async (rpm) => {
      const own = join(work, `${rpm.name}-${rpm.release}`);
      const sources = rpm.debs === undefined ? [] : await debsOf(debs, rpm.debs);
      await buildRpm({ rpm, debs: sources, work: own, into });
    }),
  );
};

/** Builds the file-less RPMs that tell the rpm database what the base image brought. */
export const buildBaseEntries = async (
  entries: readonly BaseEntry[],
  { dist, work, into }: { dist: string; work: string; into: string },
): Promise<void> => {
  await mkdir(work, { recursive: true });
  await rpmbuild(work, baseEntriesSpec(entries, dist), into);
};
