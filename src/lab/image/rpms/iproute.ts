import type { RpmPackage } from "../rpm-package.ts";

// As `ip` of iproute-2.6.32 (EL6) answers before the netns patch: no such object, exit status 255. The
// words `net` and `netn` mean netns too, since ip matches by prefix and only `ne` is the neighbour table.
const ipWithoutNetns = `#!/bin/sh
skip=
for word; do
  if [ -n "$skip" ]; then skip=; continue; fi
  case $word in
    -f|-family|-n|-netns|-rc|-rcvbuf|-l|-loops|-b|-batch) skip=1 ;;
    -*) ;;
    net|netn|netns) echo "Object \\"$word\\" is unknown, try \\"ip help\\"." >&2; exit 255 ;;
    *) break ;;
  esac
done
exec /usr/libexec/iproute/ip "$@"
`;

// EL6's and its build with the netns patch print no JSON and no short lists.
const ipOfEl6 = `#!/bin/sh
for word; do
  case $word in
    -j|-js|-json|-br|-brief|-p|-pretty|-c|-color) echo "Option \\"$word\\" is unknown, try \\"ip -help\\"." >&2; exit 255 ;;
    -*) ;;
    *) break ;;
  esac
done
exec /usr/libexec/iproute/ip "$@"
`;

const common = {
  name: "iproute",
  versionOf: "iproute2",
  summary: "Advanced IP routing and network device configuration tools",
  debs: "iproute",
  without: ["usr/include", "usr/sbin/ip"],
} as const;

/** What a fresh host has: the same files, but an `ip` that refuses network namespaces. */
export const iprouteWithoutNetns: RpmPackage = {
  ...common,
  release: "0.nonetns.el9",
  moves: { "usr/bin/ip": "usr/libexec/iproute/ip" },
  files: { "usr/sbin/ip": { text: ipWithoutNetns, mode: 0o755 } },
};

/** What the repository offers instead. */
export const iproute: RpmPackage = {
  ...common,
  release: "1.el9",
  moves: { "usr/bin/ip": "usr/sbin/ip" },
};

/** EL6's, which refuses network namespaces. */
export const iprouteOfEl6: RpmPackage = {
  ...iprouteWithoutNetns,
  version: "2.6.32",
  release: "57.el6",
};

/** The build in RDO's el6 archive. */
export const iprouteNetnsOfEl6: RpmPackage = {
  ...common,
  version: "2.6.32",
  release: "130.el6ost.netns.2",
  moves: { "usr/bin/ip": "usr/libexec/iproute/ip" },
  files: { "usr/sbin/ip": { text: ipOfEl6, mode: 0o755 } },
};
