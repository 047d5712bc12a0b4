import { machine } from "../machine.ts";
import type { HostPaths } from "../state.ts";
import { vmImageFiles } from "./vm-image.ts";

/**
 * Makes an emulated machine's disk: what it writes on top of the image's. The files in `upper` are packed as
 * a second initramfs, from which they reach the disk at its first boot.
 */
export const makeVmDisk = async (own: HostPaths, image: string): Promise<void> => {
  const { disk, initramfs, busybox } = vmImageFiles(image);
  await machine`
    qemu-img create -q -f qcow2 -F raw -b ${disk} ${own.vmDisk}
    mkdir ${own.work}/host
    cp -a ${own.upper}/. ${own.work}/host
    cd ${own.work}
    { cat ${initramfs}; find host | ${busybox} cpio -o -H newc 2>/dev/null; } >${own.vmInitramfs}`;
};
