import { machine } from "../machine.ts";
import type { HostPaths } from "../state.ts";
import { vmImageFiles } from "./vm-image.ts";

interface Initramfs {
  /** Path of the first one. */
  readonly first: string;
  /** The folder whose files are the second one; they are unpacked into a folder of its name. */
  readonly folder: string;
  readonly busybox: string;
  readonly into: string;
}

/**
 * Packs a folder as a second initramfs behind the first. The kernel looks for it at a multiple of four
 * bytes, where the first one may well not end.
 *
 * @see https://docs.kernel.org/driver-api/early-userspace/buffer-format.html
 */
export const joinInitramfs = async ({ first, folder, busybox, into }: Initramfs): Promise<void> => {
  await machine`
    {
      dd if=${first} bs=4k conv=sync status=none
      cd ${folder}/..
      find "$(basename ${folder})" | ${busybox} cpio -o -H newc 2>/dev/null
    } >${into}`;
};

/**
 * Makes an emulated machine's disk: what it writes on top of the image's. The files in `upper` are packed as
 * a second initramfs, from which they reach the disk at its first boot.
 */
export const makeVmDisk = async (own: HostPaths, image: string): Promise<void> => {
  const { disk, initramfs, busybox } = vmImageFiles(image);
  const folder = `${own.work}/host`;
  await machine`
    qemu-img create -q -f qcow2 -F raw -b ${disk} ${own.vmDisk}
    mkdir ${folder}
    cp -a ${own.upper}/. ${folder}`;
  await joinInitramfs({ first: initramfs, folder, busybox, into: own.vmInitramfs });
};
