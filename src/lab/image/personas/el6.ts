import { sshdLogins } from "../base-files.ts";
import { networkScripts } from "../network-scripts.ts";
import type { Persona } from "../persona.ts";
import { dhcpClient, dhcpWithInitScript } from "../rpms/dhcp.ts";
import { dockerIo } from "../rpms/docker.ts";
import { iprouteNetnsOfEl6, iprouteOfEl6 } from "../rpms/iproute.ts";
import { iptablesOfEl6 } from "../rpms/iptables-services.ts";
import { openvswitch25 } from "../rpms/openvswitch.ts";
import { rsyslog } from "../rpms/rsyslog.ts";
import { sysvinit } from "../rpms/sysvinit.ts";
import { sysvFiles, sysvScript } from "../sysv.ts";
import { hideDnf, yumFiles } from "../yum.ts";

// The key exchange, host key, ciphers and MACs that OpenSSH 5.3 and today's clients can still agree on. The
// client's key has to be an RSA key as well; its signature may be a newer one than 5.3 knew, because Debian's
// sshd tells clients that it takes those, whatever is written here.
const sshdConfig = `HostKey /etc/ssh/ssh_host_rsa_key
KexAlgorithms diffie-hellman-group14-sha1
HostKeyAlgorithms ssh-rsa
PubkeyAcceptedAlgorithms ssh-rsa,rsa-sha2-256,rsa-sha2-512
Ciphers aes128-ctr,aes192-ctr,aes256-ctr,aes128-cbc
MACs hmac-sha1
PidFile /var/run/sshd.pid
PermitRootLogin without-password
${sshdLogins}`;

const ifup = networkScripts["usr/sbin/ifup"]?.text ?? "";

/** CentOS 6: SysV init, yum, the iptables service in force, OpenSSH 5.3's algorithms, sudo with requiretty. */
export const el6: Persona = {
  dist: "el6",
  shared: [],
  offered: [
    openvswitch25,
    dockerIo,
    dhcpWithInitScript,
    { ...dhcpClient, name: "dhclient", release: "1.el6" },
    iprouteNetnsOfEl6,
  ],
  installed: [sysvinit, iptablesOfEl6, iprouteOfEl6, rsyslog],
  forgotten: ["centos-stream-release", "dnf", "systemd", "iptables-nft", "iproute"],
  entries: [
    {
      name: "centos-release",
      version: "6",
      provides: ["system-release = 6", "system-release(releasever) = 6"],
    },
    { name: "yum", version: "3.2.29" },
    { name: "initscripts", version: "9.03.61", provides: ["/sbin/service"] },
    { name: "chkconfig", version: "1.3.49.5", provides: ["/sbin/chkconfig"] },
  ],
  files: {
    ...sysvFiles,
    ...yumFiles("6"),
    "etc/centos-release": { text: "CentOS release 6.10 (Final)\n" },
    "etc/ssh/sshd_config": { text: sshdConfig, mode: 0o600 },
    "etc/sudoers.d/lab": {
      text: "Defaults requiretty\ncloud-user ALL=(ALL) NOPASSWD: ALL\nadmin ALL=(ALL) ALL\n",
      mode: 0o440,
    },
    "usr/sbin/ifup": {
      text: ifup.replace(
        "systemctl is-active --quiet openvswitch.service || systemctl start openvswitch.service",
        "service openvswitch status >/dev/null || service openvswitch start",
      ),
      mode: 0o755,
    },
  },
  prepare: sysvScript,
  // util-linux-ng 2.17 has none.
  script: `rm /usr/bin/nsenter
${hideDnf}`,
};
