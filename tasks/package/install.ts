import { type Command, sh } from "weft";

/**
 * Installs packages in one transaction with what the host has: dnf, yum or apt-get.
 *
 * yum 3 ends with status 0 where it found only some of the names, so rpm has the last word there.
 */
export const install = (names: readonly string[]): Command => sh`
if command -v dnf >/dev/null 2>&1; then
  dnf -y -q install ${names}
elif command -v yum >/dev/null 2>&1; then
  yum -y -q install ${names} && rpm -q --whatprovides ${names}
elif command -v apt-get >/dev/null 2>&1; then
  DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=120 install ${names}
else
  echo 'neither dnf nor yum nor apt-get is on this host' >&2
  false
fi`;
