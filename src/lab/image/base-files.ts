import { networkScripts } from "./network-scripts.ts";
import { releaseFiles } from "./release-files.ts";
import type { TextFile } from "./rpm-package.ts";

/** Lines of sshd_config(5): without PAM and name look-ups a login costs no more than its key exchange. */
export const sshdLogins = `PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
PrintLastLog no
AcceptEnv LANG LC_*
SetEnv PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin
Subsystem sftp /usr/lib/openssh/sftp-server
`;

const sshdConfig = `HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
${sshdLogins}`;

const repository = `[lab]
name=weft lab
baseurl=file:///srv/repo
enabled=1
gpgcheck=0
metadata_expire=never
`;

const dnfConfig = `[main]
gpgcheck=1
installonly_limit=3
clean_requirements_on_remove=True
best=True
skip_if_unavailable=False
`;

// `service NAME ACTION` as CentOS has it: a package's own action first, then systemd.
// https://gitlab.com/redhat/centos-stream/rpms/initscripts
const service = `#!/bin/sh
[ $# -ge 2 ] || { echo "Usage: service SERVICE ACTION" >&2; exit 2; }
name=\${1%.service} action=$2
shift 2
legacy=/usr/libexec/initscripts/legacy-actions/$name/$action
[ ! -x "$legacy" ] || exec "$legacy" "$@"
case $action in
  start|stop|restart|try-restart|reload|condrestart|status)
    echo "Redirecting to /bin/systemctl $action $name.service" >&2
    exec systemctl "$action" "$name.service" ;;
esac
echo "The service command supports only basic LSB actions (start, stop, restart, try-restart, reload, status)." >&2
exit 2
`;

// A reboot from inside keeps the host's network namespace, which a real machine's does not, so what
// the last boot left there goes first. On cgroup v1 nspawn mounts the controllers read-only, and Docker
// could start no container.
const powerOn = `#!/bin/bash
while read -r _ directory type options _; do
  case $type,$options in
    cgroup,ro*) mount -o remount,rw,bind "$directory" ;;
  esac
done < /proc/mounts
for link in /sys/class/net/*; do
  case \${link##*/} in
    lo|eth0) ;;
    *) ip link delete "\${link##*/}" 2>/dev/null ;;
  esac
done
ip address flush dev eth0
nft flush ruleset
exit 0
`;

const powerOnUnit = `[Unit]
Description=What switching on a real machine does
DefaultDependencies=no
After=local-fs.target
Before=network-pre.target sysinit.target
Wants=network-pre.target

[Service]
Type=oneshot
ExecStart=/usr/libexec/weft-lab/power-on

[Install]
WantedBy=sysinit.target
`;

/** The files that make the base image a CentOS-like host, by path without leading slash. */
export const baseFiles: Readonly<Record<string, TextFile>> = {
  ...networkScripts,
  ...releaseFiles({ title: "CentOS Stream", version: "9", line: "CentOS Stream release 9" }),
  "etc/ssh/sshd_config": { text: sshdConfig, mode: 0o600 },
  "etc/yum.repos.d/lab.repo": { text: repository },
  "etc/dnf/dnf.conf": { text: dnfConfig },
  "etc/dnf/vars/releasever": { text: "9\n" },
  // Debian's rpm keeps its database in the user's home.
  "etc/rpm/macros": { text: "%_dbpath /var/lib/rpm\n" },
  // As CentOS: what a package installs is neither enabled nor started.
  "etc/systemd/system-preset/99-default-disable.preset": { text: "disable *\n" },
  "etc/sudoers.d/lab": {
    text: "cloud-user ALL=(ALL) NOPASSWD: ALL\nadmin ALL=(ALL) ALL\n",
    mode: 0o440,
  },
  "usr/sbin/service": { text: service, mode: 0o755 },
  "usr/libexec/weft-lab/power-on": { text: powerOn, mode: 0o755 },
  "usr/lib/systemd/system/weft-lab-power-on.service": { text: powerOnUnit },
};

/**
 * Run inside the new image, after the files are in place and the RPMs lie in /srv/repo. Ends with
 * Debian's own package manager gone: only dnf and rpm are left to be found.
 */
export const baseScript = `set -eu
ln -sf bash /bin/sh
ln -sf ../usr/lib/os-release /etc/os-release
for name in redhat-release system-release; do ln -sf centos-release /etc/$name; done
rm -f /etc/debian_version /etc/motd /root/.bashrc /root/.profile /etc/machine-id /etc/ssh/ssh_host_*
rm -f /etc/yum.repos.d/debian* /usr/sbin/policy-rc.d /etc/hostname
ln -sf /lib/systemd/system/ssh.service /etc/systemd/system/sshd.service
systemctl enable ssh.service network.service weft-lab-power-on.service >/dev/null 2>&1
systemctl set-default multi-user.target >/dev/null 2>&1
systemctl mask getty@tty1.service console-getty.service systemd-logind.service \\
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \\
  systemd-pstore.service uuidd.socket uuidd.service sys-kernel-debug.mount sys-kernel-tracing.mount dev-hugepages.mount >/dev/null 2>&1
# sshd without PAM takes a "!" in the password field for a locked account, and refuses its keys too.
useradd --create-home --shell /bin/bash cloud-user
useradd --create-home --shell /bin/bash admin
usermod --password '*' root
usermod --password '*' cloud-user
echo admin:weft | chpasswd
rpm --initdb
rpm -i --justdb /srv/base-entries/*.rpm
rm -rf /srv/base-entries
rpm -i --nodeps --excludedocs /srv/first/*.rpm
rm -rf /srv/first
dnf --quiet makecache
dpkg --purge --force-all apt libapt-pkg6.0 debian-archive-keyring >/dev/null 2>&1
rm -rf /usr/bin/dpkg /usr/bin/dpkg-* /var/lib/dpkg /var/lib/apt /var/cache/apt /var/cache/debconf /etc/apt
rm -rf /var/log/* /tmp/* /run/*
`;
