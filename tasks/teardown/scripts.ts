import { change, join, sh, task } from "weft";
import { configPath } from "../nic/dhcp-client.ts";
import { scriptPath } from "../nic/script.ts";

/** Where weft has its programs on a host. */
const programs = scriptPath.replace(/\/[^/]*$/, "");

/** Directories that go where nothing is left in them, inner ones first. */
const directories = [
  "/etc/weft",
  "/usr/local/libexec",
  "/etc/systemd/system/ovs-vswitchd.service.wants",
  "/var/lib/dhclient",
  "/var/run/netns",
];

/** No programs of weft on the host, nor what they kept. */
export const noScripts = () => {
  const globs = sh`/var/run/weft /var/run/weft-* /var/run/dhclient-wv*.pid /var/lib/dhclient/weft-wv*`;
  return task<readonly string[]>({
    title: "no programs of weft",
    probe: {
      command: sh`
for path in ${programs} ${configPath} ${globs}; do
  if [ -e "$path" ]; then echo "left=$path"; fi
done`,
      parse: ({ stdout }) => [...stdout.matchAll(/^left=(.+)$/gm)].map(([, path = ""]) => path),
    },
    plan: (left) =>
      change(
        left.length > 0,
        `remove ${left.join(", ")}`,
        sh`rm -rf ${programs} ${configPath} ${globs} && { ${join(
          directories.map((path) => sh`rmdir ${path} 2>/dev/null`),
          "; ",
        )}; true; }`,
      ),
  });
};
