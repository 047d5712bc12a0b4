import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/**
 * Runs a shell script in a copy of this machine's system that is gone afterwards: a mount namespace with an overlay
 * whose changes are kept in memory. The folders are there as they are here.
 *
 * @param options.folders absolute paths
 * @throws where the copy cannot be made, or the script fails
 */
export const inCopyOfThisMachine = (
  script: string,
  { folders, mountPoint }: { readonly folders: readonly string[]; readonly mountPoint: string },
): void => {
  mkdirSync(mountPoint, { recursive: true });
  const shared = ["/dev", "/proc", ...folders];
  const make = `
mount -t tmpfs tmpfs "$0" && cd "$0" && mkdir upper work root
mount -t overlay overlay -o "lowerdir=/,upperdir=$0/upper,workdir=$0/work" root
for folder in ${shared.join(" ")}; do mkdir -p "root$folder"; mount --rbind "$folder" "root$folder"; done
exec chroot root sh -ec "$1"`;
  const { status, stderr } = spawnSync(
    "unshare",
    ["--mount", "sh", "-ec", make, mountPoint, script],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`exit ${status}: ${stderr}`);
};
