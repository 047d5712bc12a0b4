import type { Persona } from "../persona.ts";
import { releaseFiles } from "../release-files.ts";
import { dhcpClient, dhcpServer, withoutSysconfig } from "../rpms/dhcp.ts";
import { firewalldBeforePolicies } from "../rpms/firewalld.ts";
import { openvswitch } from "../rpms/openvswitch.ts";
import { hideDnf, yumFiles } from "../yum.ts";

/** CentOS 7: yum, firewalld in force, dhcp and dhclient, an `ip` that knows network namespaces from the start. */
export const el7: Persona = {
  dist: "el7",
  shared: ["containerd.io", "docker-ce", "docker-ce-cli", "iproute", "iptables-services"],
  offered: [
    // As in centos-release-openstack-train.
    { ...openvswitch, name: "openvswitch", version: "2.12.0", release: "1.el7", provides: [] },
    { ...withoutSysconfig(dhcpServer), name: "dhcp", release: "1.el7" },
    { ...dhcpClient, name: "dhclient", release: "1.el7" },
  ],
  installed: [firewalldBeforePolicies],
  forgotten: ["centos-stream-release", "dnf"],
  entries: [
    {
      name: "centos-release",
      version: "7",
      provides: ["system-release = 7", "system-release(releasever) = 7"],
    },
    { name: "yum", version: "3.4.3" },
  ],
  files: {
    ...releaseFiles({
      title: "CentOS Linux",
      version: "7",
      line: "CentOS Linux release 7.9.2009 (Core)",
    }),
    ...yumFiles("7"),
  },
  script: `rpm -U /srv/repo/iproute-[0-9]*.rpm
systemctl enable firewalld.service >/dev/null 2>&1
${hideDnf}`,
};
