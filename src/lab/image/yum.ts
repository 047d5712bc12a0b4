import type { TextFile } from "./rpm-package.ts";

// yum 3's exit status is 0 where it found some of the packages that it was to install, and dnf's is not.
const yum = `#!/bin/sh
# yum as EL6 and EL7 have it, on top of Debian's dnf.
exec /usr/libexec/weft-lab/dnf --config /etc/yum.conf --setopt=strict=False "$@"
`;

const yumConfig = `[main]
cachedir=/var/cache/yum
keepcache=0
logdir=/var/log
gpgcheck=1
plugins=1
installonly_limit=3
`;

/** The files of a release before dnf. */
export const yumFiles = (releasever: string): Readonly<Record<string, TextFile>> => ({
  "usr/bin/yum": { text: yum, mode: 0o755 },
  "etc/yum.conf": { text: yumConfig },
  "etc/yum/vars/releasever": { text: `${releasever}\n` },
});

/** Puts dnf where only yum finds it. */
export const hideDnf = `mkdir -p /usr/libexec/weft-lab
mv /usr/bin/dnf-3 /usr/libexec/weft-lab/dnf
rm -rf /usr/bin/dnf /etc/dnf
yum --quiet makecache
`;
