import type { TextFile } from "./rpm-package.ts";

/** A release as a host tells it of itself. */
export interface Release {
  /** "CentOS Linux", "CentOS Stream". */
  readonly title: string;
  /** As in os-release's VERSION_ID and dnf's releasever. */
  readonly version: string;
  /** The line in /etc/centos-release. */
  readonly line: string;
}

/** The files by which a host with systemd says what it is. */
export const releaseFiles = ({
  title,
  version,
  line,
}: Release): Readonly<Record<string, TextFile>> => ({
  "usr/lib/os-release": {
    text: `NAME="${title}"
VERSION="${version}"
ID="centos"
ID_LIKE="rhel centos fedora"
VERSION_ID="${version}"
PLATFORM_ID="platform:el${version}"
PRETTY_NAME="${title} ${version} (weft lab on Debian 12)"
ANSI_COLOR="0;31"
CPE_NAME="cpe:/o:centos:centos:${version}"
VARIANT_ID="weft-lab"
`,
  },
  "etc/centos-release": { text: `${line}\n` },
});
