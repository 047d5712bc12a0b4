#!/bin/sh
# All tests, on the real thing: unit tests, then the lab's hosts, booted and taken down again.
. "$(dirname "$0")/prepare.sh"
npm run --silent check
node bin/weft.js lab setup
npx vitest run --project integration
