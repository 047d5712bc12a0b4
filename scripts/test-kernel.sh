#!/bin/sh
# The mesh on emulated machines, whose kernel switches the packets: too slow for `npm test`.
. "$(dirname "$0")/prepare.sh"
node bin/weft.js lab setup --backend vm
npx vitest run --project kernel --reporter=verbose
