import type { RpmPackage } from "./rpm-package.ts";

/**
 * The upstream part of a Debian version, as an RPM version: no epoch, no Debian revision and none of
 * Debian's repacking marks, which RPM versions could not carry.
 * @see https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
 */
export const upstreamVersion = (debianVersion: string): string =>
  debianVersion
    .replace(/^\d+:/, "")
    .replace(/-[^-]*$/, "")
    .replace(/[~+](dfsg|ds).*$/, "")
    .replace(/-/g, ".");

const scriptlet = (name: string, body: string | undefined): string[] =>
  body === undefined ? [] : [`%${name}`, body, ""];

const listed = (tag: string, values: readonly string[] = []): string[] =>
  values.map((value) => `${tag}: ${value}`);

/** What the build of one RPM needs to know past the package itself. */
export interface SpecPlace {
  readonly version: string;
  /** The directory whose content becomes the package's. */
  readonly stage: string;
  /** The file with the `%files` lines. */
  readonly fileList: string;
  /** True for a package without machine code. */
  readonly noarch: boolean;
}

/**
 * The spec file of one RPM. `AutoReqProv: no`, or rpm would ask for Debian's library names, which no
 * RPM provides; no post-processing, since the files are installed as Debian built them.
 */
export const specText = (
  rpm: RpmPackage,
  { version, stage, fileList, noarch }: SpecPlace,
): string =>
  [
    "%global debug_package %{nil}",
    "%global __os_install_post %{nil}",
    "%global _build_id_links none",
    "%global _binary_payload w1.zstdio",
    `Name: ${rpm.name}`,
    `Version: ${version}`,
    `Release: ${rpm.release}`,
    `Summary: ${rpm.summary}`,
    "License: see the Debian packages that it is made of",
    "AutoReqProv: no",
    ...(noarch ? ["BuildArch: noarch"] : []),
    ...listed("Requires", rpm.requires),
    ...listed("Provides", rpm.provides),
    ...listed("Obsoletes", rpm.obsoletes),
    "",
    "%description",
    `${rpm.summary}. Built for the weft lab.`,
    "",
    "%install",
    "mkdir -p %{buildroot}",
    `cp -a ${stage}/. %{buildroot}/`,
    "",
    `%files -f ${fileList}`,
    "",
    ...scriptlet("pre", rpm.pre),
    ...scriptlet("post", rpm.post),
    ...scriptlet("preun", rpm.preun),
    ...scriptlet("postun", rpm.postun),
  ].join("\n");

/** A package name and version that the rpm database knows, with no files: the base image brought those. */
export interface BaseEntry {
  readonly name: string;
  readonly version: string;
  readonly provides?: readonly string[];
}

/**
 * One spec for all entries that only tell the rpm database what the base image brought.
 * @param dist the end of their release, such as "el9"
 */
export const baseEntriesSpec = (entries: readonly BaseEntry[], dist: string): string =>
  [
    "Name: weft-lab-base",
    "Version: 1",
    `Release: 1.${dist}`,
    "Summary: What the base image of the weft lab brings",
    "License: MIT",
    "AutoReqProv: no",
    "BuildArch: noarch",
    "",
    "%description",
    "What the base image of the weft lab brings.",
    "",
    ...entries.flatMap(({ name, version, provides }) => [
      `%package -n ${name}`,
      `Summary: ${name}, as the base image brings it`,
      `Version: ${version}`,
      "AutoReqProv: no",
      ...listed("Provides", provides),
      "",
      `%description -n ${name}`,
      `${name}, as the base image brings it.`,
      "",
      `%files -n ${name}`,
      "",
    ]),
  ].join("\n");
