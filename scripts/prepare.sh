# Brings what weft needs on a fresh machine: Node packages and the bundle. Sourced by the others.
set -eu
cd "$(dirname "$0")/.."
major=$(node -p 'process.versions.node.split(".").slice(0, 2).map(Number).reduce((a, b) => a * 100 + b)')
if [ "$major" -lt 2019 ]; then
  echo "weft needs Node 20.19 or later; this is $(node --version)" >&2
  exit 1
fi
# Only where the lock file says something else than what is installed. Not `npm ci`: behind a registry that
# leaves out other platforms' packages it refuses the lock file that npm itself wrote (npm/cli issue 9342).
if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
  echo "Installing Node packages ..."
  npm install --no-save --no-fund --no-audit --loglevel=error
fi
node scripts/build.js
