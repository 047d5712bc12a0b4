import { execFileSync } from "node:child_process";
import type { Scratch } from "./scratch.ts";

/** A small rpm that brings nothing but itself. */
export interface SmallRpm {
  readonly name: string;
  /** With its release: "1.0-1". */
  readonly version: string;
}

/** Builds rpms, with rpmbuild. Gives the folder that has them. */
export const smallRpms = (files: Scratch, name: string, rpms: readonly SmallRpm[]): string => {
  const into = `${files.folder}/${name}`;
  for (const rpm of rpms) {
    const [version, release] = rpm.version.split("-");
    const spec = files.write(
      `${rpm.name}-${rpm.version}.spec`,
      `Name: ${rpm.name}
Version: ${version}
Release: ${release}
Summary: A package of a test
License: none
BuildArch: noarch
%description
%{summary}.
%files
`,
    );
    const work = `${files.folder}/rpmbuild`;
    execFileSync("rpmbuild", [
      ...["-bb", "--quiet", "--dbpath", `${work}/db`],
      ...["--define", `_topdir ${work}`, "--define", `_rpmdir ${into}`],
      ...["--define", "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm", spec],
    ]);
  }
  return into;
};

/** Makes a repository of a folder's rpms, packed as a tar. Gives the tar's path. */
export const rpmRepository = (folder: string): string => {
  execFileSync("createrepo_c", ["--quiet", folder]);
  execFileSync("tar", ["-czf", `${folder}.tar.gz`, "-C", folder, "."]);
  return `${folder}.tar.gz`;
};
