#!/bin/sh
# All tests, on the real thing: unit tests, then the lab's hosts, booted and taken down again.
. "$(dirname "$0")/prepare.sh"
PATH=$PATH:/usr/sbin:/sbin

# Programs that tests call on this machine, each with the Debian package that brings it.
missing=
while read -r program package; do
  command -v "$program" >/dev/null || missing="$missing $package"
done <<END
age age
bash bash
busybox busybox
chromium-headless-shell chromium-headless-shell
createrepo_c createrepo-c
dash dash
fish fish
ssh-keygen openssh-client
openssl openssl
rpmbuild rpm
sshd openssh-server
sudo sudo
tar tar
tmux tmux
xmllint libxml2-utils
zsh zsh
END
if [ -n "$missing" ]; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "The tests need what these Debian packages bring:$missing" >&2
    echo "They are installed where this runs as root on Debian or Ubuntu." >&2
    exit 1
  fi
  echo "Installing$missing ..."
  # Tests start an sshd of their own. The machine's must not begin to listen because of them.
  if [ -d /run/systemd/system ] && ! command -v sshd >/dev/null; then
    systemctl --quiet mask ssh.service ssh.socket
  fi
  apt-get update --quiet=2 || echo "apt-get update failed; going on with the package lists that are there" >&2
  DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends $missing >/dev/null
fi

npm run --silent check
node bin/weft.js lab setup
node scripts/integration-tests.js
