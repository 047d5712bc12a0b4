import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostAddress } from "../address-plan.ts";
import { makeCgroup } from "../cgroup.ts";
import { findHostProcess } from "../host-process.ts";
import { machinePath } from "../machine.ts";
import type { LabPaths } from "../state.ts";
import { underlayNamespace } from "../underlay.ts";
import { vmImageFiles } from "./vm-image.ts";
import { vmMemoryMiB } from "./vm-requirements.ts";

// No udev renames the network card, CentOS has no AppArmor, and an emulated processor is slow enough without
// the kernel's defences. On a busy machine the timer's first ticks come late, which is no broken timer.
// @see https://docs.kernel.org/admin-guide/kernel-parameters.html
const kernelCommandLine =
  "root=/dev/vda console=ttyS0 quiet panic=5 net.ifnames=0 apparmor=0 mitigations=off random.trust_cpu=on no_timer_check";

/** @see qemu-system(1) */
const emulator = (paths: LabPaths, { name, macAddress }: HostAddress, image: string): string[] => {
  const own = paths.host(name);
  return [
    "qemu-system-x86_64",
    ...["-name", name, "-nodefaults", "-display", "none", "-machine", "q35"],
    // Emulation alone: a /dev/kvm that is there but does not work would end it.
    ...["-accel", "tcg", "-cpu", "max", "-m", `${vmMemoryMiB}`],
    ...["-kernel", vmImageFiles(image).kernel, "-initrd", own.vmInitramfs],
    ...["-append", kernelCommandLine],
    ...["-drive", `file=${own.vmDisk},if=virtio`],
    ...["-netdev", `tap,id=underlay,ifname=${name},script=no,downscript=no`],
    ...["-device", `virtio-net-pci,netdev=underlay,mac=${macAddress}`],
    ...["-serial", "stdio", "-serial", `unix:${own.vmPowerButton},server=on,wait=off`],
  ];
};

/** Starts an emulated machine on the disk that it has. Returns as soon as its emulator runs. */
export const bootVm = async (paths: LabPaths, host: HostAddress, image: string): Promise<void> => {
  const cgroups = await makeCgroup(`${paths.tag}/${host.name}`);
  const log = await open(paths.host(host.name).console, "w");
  const join = 'for group in $CGROUPS; do echo 0 > "$group/cgroup.procs"; done; exec "$@"';
  const inUnderlay = ["nsenter", `--net=/run/netns/${underlayNamespace(paths.tag)}`];
  const child = spawn("sh", ["-c", join, "sh", ...inUnderlay, ...emulator(paths, host, image)], {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    env: { PATH: machinePath, CGROUPS: cgroups.join(" ") },
  });
  let ended = false;
  child.on("exit", () => {
    ended = true;
  });
  child.unref();
  await log.close();
  while (!ended && (await findHostProcess(paths.tag, host)) === undefined) await sleep(20);
};

/** Presses an emulated machine's power button: it shuts down by itself. */
export const pressPowerButton = (paths: LabPaths, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(paths.host(host).vmPowerButton);
    socket.on("error", reject);
    socket.on("close", () => resolve());
    socket.end("\n");
  });
