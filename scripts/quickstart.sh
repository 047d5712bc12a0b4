#!/bin/sh
# From a fresh clone to a verified container network over three lab hosts.
. "$(dirname "$0")/prepare.sh"
node bin/weft.js lab setup
node bin/weft.js lab up
node bin/weft.js run playbooks/mesh.ts
node bin/weft.js run playbooks/verify.ts
