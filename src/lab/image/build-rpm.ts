import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { machine } from "../machine.ts";
import type { RpmPackage } from "./rpm-package.ts";
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
export const buildRpm = async ({
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

/** Builds the file-less RPMs that tell the rpm database what the base image brought. */
export const buildBaseEntries = async (
  entries: readonly BaseEntry[],
  work: string,
  into: string,
): Promise<void> => {
  await mkdir(work, { recursive: true });
  await rpmbuild(work, baseEntriesSpec(entries), into);
};
