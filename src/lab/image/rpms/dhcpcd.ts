import type { RpmPackage } from "../rpm-package.ts";

export const dhcpcd: RpmPackage = {
  name: "dhcpcd",
  versionOf: "dhcpcd-base",
  release: "1.el10",
  summary: "A minimalistic network configuration daemon with DHCPv4, rdisc and DHCPv6 support",
  debs: "dhcpcd",
  directories: ["var/lib/dhcpcd"],
  // It drops its privileges to this user, in its home.
  pre: [
    "getent group dhcpcd >/dev/null || groupadd --system dhcpcd",
    "getent passwd dhcpcd >/dev/null || useradd --system --gid dhcpcd --home-dir /var/lib/dhcpcd --shell /sbin/nologin dhcpcd",
  ].join("\n"),
};
