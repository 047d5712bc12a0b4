import type { TextFile } from "../image/rpm-package.ts";

// A line on the second serial port is the power button: there is no logind that would hear ACPI's.
const powerButton = `[Unit]
Description=Power button of the emulated machine

[Service]
ExecStart=/bin/sh -c 'read -r _ </dev/ttyS1 && exec systemctl poweroff'

[Install]
WantedBy=multi-user.target
`;

/** What an emulated machine has beyond the base image, by path without leading slash. */
export const vmFiles: Readonly<Record<string, TextFile>> = {
  "usr/lib/systemd/system/weft-lab-power-button.service": { text: powerButton },
};

/** While it is on a disk, the host's own files are not there yet. */
export const freshMark = ".weft-lab-fresh";

/**
 * The initramfs's init. The host's own files come in a second archive behind the common one, and reach
 * the disk at its first boot.
 * @see https://docs.kernel.org/driver-api/early-userspace/buffer-format.html
 */
export const initScript = `#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module"; done </modules/order
until [ -b /dev/vda ]; do sleep 0.1; done
mount -t ext4 /dev/vda /root || exec sh
if [ -e /root/${freshMark} ]; then
  cp -a /host/. /root/ && rm /root/${freshMark}
fi
umount /proc
mount -o move /dev /root/dev
exec switch_root /root /sbin/init
`;

/** What the initramfs needs to see the disk; the order is modprobe's. */
export const bootModules = ["virtio_pci", "virtio_blk", "virtio_net", "ext4"] as const;

/** The directories of kernel modules that a host gets; most of the others drive real hardware. */
export const moduleDirectories = [
  "arch",
  "block",
  "crypto",
  "drivers/block",
  "drivers/char/hw_random",
  "drivers/net",
  "drivers/virtio",
  "fs",
  "lib",
  "mm",
  "net",
] as const;
