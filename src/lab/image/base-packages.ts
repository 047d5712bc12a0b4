import type { BaseEntry } from "./rpm-spec.ts";

/** The Debian release whose files the image is made of. */
export const suite = "bookworm";

/** What a minimal CentOS has, by the names of the Debian packages that bring it. */
export const basePackages = [
  "systemd",
  "systemd-sysv",
  "dbus",
  "openssh-server",
  "openssh-client",
  "openssl",
  "iptables",
  "nftables",
  "dnf",
  "rpm",
  "procps",
  "ethtool",
  "iputils-ping",
  "iputils-arping",
  "uuid-runtime",
  "sudo",
  "kmod",
  "hostname",
  "less",
  // Needed by iproute2 and by Open vSwitch alike, so that no RPM has to own it.
  "libbpf1",
] as const;

/** What nobody reads in a test host: a third of the download's size on disk. */
export const excludedPaths = [
  "/usr/share/doc/*",
  "/usr/share/man/*",
  "/usr/share/locale/*",
  "/usr/share/info/*",
];

/** What `rpm -q` knows of the base, by CentOS's names. Versions are those of Debian bookworm. */
export const baseEntries: readonly BaseEntry[] = [
  {
    name: "centos-stream-release",
    version: "9.0",
    provides: ["system-release = 9", "system-release(releasever) = 9", "centos-release = 9"],
  },
  {
    name: "bash",
    version: "5.2.15",
    provides: ["/bin/sh", "/bin/bash", "/usr/bin/sh", "/usr/bin/bash"],
  },
  { name: "coreutils", version: "9.1" },
  { name: "util-linux", version: "2.38.1" },
  { name: "systemd", version: "252" },
  { name: "openssh", version: "9.2p1" },
  { name: "openssh-server", version: "9.2p1" },
  { name: "openssh-clients", version: "9.2p1" },
  { name: "openssl", version: "3.0.15" },
  { name: "iptables-nft", version: "1.8.9", provides: ["iptables = 1.8.9"] },
  { name: "nftables", version: "1.0.6" },
  { name: "procps-ng", version: "4.0.2" },
  { name: "ethtool", version: "6.1" },
  { name: "iputils", version: "20221126" },
  { name: "kmod", version: "30" },
  { name: "hostname", version: "3.23" },
  { name: "sudo", version: "1.9.13" },
  { name: "less", version: "590" },
  { name: "python3", version: "3.11.2" },
  { name: "dnf", version: "4.14.0" },
  { name: "rpm", version: "4.18.0" },
];
