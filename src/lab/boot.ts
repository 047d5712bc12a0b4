import { spawn } from "node:child_process";
import { open, rm, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostAddress } from "./address-plan.ts";
import type { Backend } from "./backend.ts";
import { findInit, killCgroup, makeCgroup, removeCgroup } from "./cgroup.ts";
import { findHostProcess } from "./host-process.ts";
import { layersOf } from "./image/ensure-image.ts";
import type { ImageName } from "./image/image-name.ts";
import { machinePath } from "./machine.ts";
import { isCut, type LabPaths } from "./state.ts";
import { hostNamespace, plugIn } from "./underlay.ts";
import { bootVm, pressPowerButton } from "./vm/vm-boot.ts";

// Runs in a mount namespace of its own, so that the host's disk and nspawn's leftovers in /run go with
// the last process, whatever ends it. A file of /run is all that nspawn needs from there: the network
// namespace. nspawn exits with 133 where the host rebooted from inside.
// @see systemd-nspawn(1), --keep-unit and SYSTEMD_NSPAWN_API_VFS_WRITABLE
const supervisor = `set -eu
mount -t overlay overlay -o "lowerdir=$IMAGE,upperdir=$UPPER,workdir=$WORK" "$ROOT"
: > "$ROOT.net"
mount --bind "/run/netns/$NAMESPACE" "$ROOT.net"
mount -t tmpfs -o mode=755 tmpfs /run
for group in $CGROUPS; do echo 0 > "$group/supervisor/cgroup.procs"; done
while :; do
  status=0
  (
    for group in $CGROUPS; do echo 0 > "$group/machine/cgroup.procs"; done
    exec env SYSTEMD_NSPAWN_API_VFS_WRITABLE=network systemd-nspawn --quiet --boot \\
      --directory="$ROOT" --machine="$NAME" --hostname="$NAME" --register=no --keep-unit \\
      --network-namespace-path="$ROOT.net" --kill-signal=SIGRTMIN+4 --console=pipe \\
      --capability=all --drop-capability=CAP_SYS_MODULE --system-call-filter="@keyring bpf" \\
      --resolv-conf=off --timezone=off --link-journal=no $TUN --bind="$DOCKER:/var/lib/docker"
  ) || status=$?
  [ "$status" -eq 133 ] || exit "$status"
done
`;

/**
 * How long a host may take from power-on to its sshd, or from its power button to its end, in milliseconds, on
 * a machine that is busy. Alone a namespace takes about one second, an emulated machine half a minute.
 */
export const bootTimeoutMs: Readonly<Record<Backend, number>> = { nspawn: 60_000, vm: 600_000 };

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Starts a host on the disk that it has. Returns as soon as its init or its emulator runs. */
export const bootHost = async (
  paths: LabPaths,
  host: HostAddress,
  image: string,
): Promise<void> => {
  await powerCut(paths, host.name);
  await plugIn(paths.tag, host, await isCut(paths, host.name));
  await (host.backend === "vm" ? bootVm : bootNamespace)(paths, host, image);
};

const bootNamespace = async (paths: LabPaths, host: HostAddress, image: string): Promise<void> => {
  const own = paths.host(host.name);
  const group = `${paths.tag}/${host.name}`;
  const cgroups = await makeCgroup(group);
  // On cgroup v2 a group with processes can't hand controllers down, so each has a leaf of its own.
  await Promise.all([makeCgroup(`${group}/supervisor`), makeCgroup(`${group}/machine`)]);
  const log = await open(own.console, "w");
  const child = spawn("unshare", ["--mount", "--propagation", "private", "sh", "-c", supervisor], {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    env: {
      PATH: machinePath,
      IMAGE: (await layersOf(image)).join(":"),
      UPPER: own.upper,
      WORK: own.work,
      ROOT: own.root,
      DOCKER: own.docker,
      NAME: host.name,
      NAMESPACE: hostNamespace(paths.tag, host.name),
      CGROUPS: cgroups.join(" "),
      TUN: (await isThere("/dev/net/tun")) ? "--bind=/dev/net/tun" : "",
    },
  });
  child.unref();
  await log.close();
};

/** A power cut: every process of the host is killed at once. Its disk stays as it is. */
export const powerCut = async (paths: LabPaths, host: string): Promise<void> => {
  const group = `${paths.tag}/${host}`;
  // All else in the host dies with its init, in the kernel and in no time.
  const init = await findInit(paths.tag, host);
  if (init !== undefined) process.kill(init, "SIGKILL");
  await killCgroup(group);
  await removeCgroup(group);
  await rm(`${paths.host(host).root}.net`, { force: true });
};

// systemd(1): SIGRTMIN+4 is "power off". Node has no name for real-time signals; 34 is glibc's SIGRTMIN.
// SysV's init knows a power failure alone, see inittab(5).
const powerOffSignal = (image: ImageName): number | "SIGPWR" =>
  image === "el6" ? "SIGPWR" : 34 + 4;

/**
 * Shuts a host down cleanly.
 * @param timeoutMs after which it is cut off, in milliseconds
 */
export const shutDown = async (
  paths: LabPaths,
  host: HostAddress,
  timeoutMs = bootTimeoutMs[host.backend],
): Promise<void> => {
  const { tag } = paths;
  const init = await findHostProcess(tag, host);
  if (init !== undefined) {
    if (host.backend === "vm") await pressPowerButton(paths, host.name);
    else process.kill(init, powerOffSignal(host.image));
    const deadline = Date.now() + timeoutMs;
    while (Date.now() < deadline && (await findHostProcess(tag, host)) === init) await sleep(50);
  }
  await powerCut(paths, host.name);
};
