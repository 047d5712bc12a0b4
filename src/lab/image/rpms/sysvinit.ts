import type { RpmPackage } from "../rpm-package.ts";

/** EL6's init is upstart, which Debian has no more; SysV's does the same for init scripts. */
export const sysvinit: RpmPackage = {
  name: "sysvinit",
  versionOf: "sysvinit-core",
  release: "1.el6",
  summary: "System-V-like init",
  debs: "sysvinit",
  only: [
    "usr/sbin/halt",
    "usr/sbin/init",
    "usr/sbin/poweroff",
    "usr/sbin/reboot",
    "usr/sbin/runlevel",
    "usr/sbin/shutdown",
    "usr/sbin/telinit",
  ],
};
