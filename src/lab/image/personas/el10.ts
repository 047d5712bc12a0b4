import type { Persona } from "../persona.ts";
import { releaseFiles } from "../release-files.ts";
import { dhcpcd } from "../rpms/dhcpcd.ts";
import { firewalld } from "../rpms/firewalld.ts";
import { kea } from "../rpms/kea.ts";
import { openvswitch } from "../rpms/openvswitch.ts";

/** CentOS Stream 10: kea and dhcpcd, nothing of ISC DHCP, no iptables service. */
export const el10: Persona = {
  dist: "el10",
  shared: ["containerd.io", "docker-ce", "docker-ce-cli", "iproute"],
  offered: [
    {
      ...openvswitch,
      name: "openvswitch3.5",
      version: "3.5.0",
      release: "1.el10",
      provides: ["openvswitch = 3.5.0"],
    },
    kea,
    dhcpcd,
    firewalld,
  ],
  installed: [],
  forgotten: ["centos-stream-release"],
  entries: [
    {
      name: "centos-stream-release",
      version: "10.0",
      provides: ["system-release = 10", "system-release(releasever) = 10", "centos-release = 10"],
    },
  ],
  files: {
    ...releaseFiles({
      title: "CentOS Stream",
      version: "10",
      line: "CentOS Stream release 10 (Coughlan)",
    }),
    "etc/dnf/vars/releasever": { text: "10\n" },
  },
  script: `rpm -U /srv/repo/iproute-[0-9]*.rpm
dnf --quiet makecache
`,
};
