import { type Command, sh } from "weft";

/**
 * Installs packages in one transaction with what the host has: dnf, yum or apt-get.
 *
 * yum 3 ends with status 0 where it found only some of the names, so rpm has the last word there: a name may have
 * a version, or be one that a package provides, and each is asked for in its own way. Nor does it go back to an
 * older version when it is told to install that. apt-get fetches no lists by itself: where they are out of date,
 * they are fetched and it is tried once more.
 *
 * @param names packages, names that packages provide, or files
 * @param pinned packages with their version, in the package manager's own form; another version gives way,
 *   also a newer one
 */
export const install = (names: readonly string[], pinned: readonly string[] = []): Command => {
  const all = [...names, ...pinned];
  const found = sh`for name in ${names}; do
    rpm -q "$name" >/dev/null || rpm -q --whatprovides "$name" || exit
  done`;
  const goBack = sh`for name in ${pinned}; do
    rpm -q "$name" >/dev/null || yum -y -q downgrade "$name" || :
  done`;
  return sh`
if command -v dnf >/dev/null 2>&1; then
  dnf -y -q install ${all}
elif command -v yum >/dev/null 2>&1; then
  yum -y -q install ${all} && ${found} && ${goBack}
elif command -v apt-get >/dev/null 2>&1; then
  try() {
    DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=120 \
      -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
      ${pinned.length === 0 ? [] : ["--allow-downgrades"]} install ${all}
  }
  try || { apt-get -q -o DPkg::Lock::Timeout=120 update && try; }
else
  echo 'neither dnf nor yum nor apt-get is on this host' >&2
  false
fi`;
};

/** Removes packages, and what needs them, in one transaction. Configuration files that were edited stay. */
export const remove = (names: readonly string[]): Command => sh`
if command -v dnf >/dev/null 2>&1; then
  dnf -y -q remove ${names}
elif command -v yum >/dev/null 2>&1; then
  yum -y -q remove ${names}
elif command -v apt-get >/dev/null 2>&1; then
  DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=120 remove ${names}
else
  echo 'neither dnf nor yum nor apt-get is on this host' >&2
  false
fi`;
