import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { suite } from "../image/base-packages.ts";
import { recipeHash } from "../image/recipe.ts";
import { writeTree } from "../image/tree.ts";
import { machine, machinePath } from "../machine.ts";
import type { Progress } from "../progress.ts";
import type { LabPaths } from "../state.ts";
import { bootModules, freshMark, initScript, moduleDirectories, vmFiles } from "./vm-files.ts";

/** The files of an image of emulated machines. */
export const vmImageFiles = (image: string) => ({
  kernel: join(image, "vmlinuz"),
  initramfs: join(image, "initramfs"),
  disk: join(image, "disk.ext4"),
  /** Static, for this machine: it packs archives as the kernel unpacks them. */
  busybox: join(image, "busybox"),
});

const kernelPackages = ["linux-image-amd64", "busybox-static"];

const diskSize = "6G";

/**
 * Lays kernel modules on the base image, and makes the disk and the initramfs of the whole. Runs in a mount
 * namespace of its own, so that the mount goes with it.
 * @see https://docs.kernel.org/admin-guide/initrd.html
 */
const assembleScript = `set -eu
umask 022
mount -t overlay overlay -o "lowerdir=$BASE,upperdir=$LAYER,workdir=$WORK" "$ROOT"
version=$(ls "$KERNEL/lib/modules")
modules=$ROOT/usr/lib/modules/$version
mkdir -p "$modules"
cd "$KERNEL/lib/modules/$version"
for directory in $DIRECTORIES; do find "kernel/$directory" -name '*.ko'; done |
  tar --create --files-from=- | tar --extract --directory="$modules"
cp modules.builtin modules.builtin.modinfo modules.order "$modules"
chroot "$ROOT" depmod "$version"
chroot "$ROOT" systemctl --quiet enable weft-lab-power-button.service
# There is no udev that would announce the terminal, and switching on a machine leaves nothing behind.
chroot "$ROOT" systemctl --quiet mask serial-getty@.service weft-lab-power-on.service
: >"$ROOT/$FRESH"
mkdir -p "$INIT/bin" "$INIT/dev" "$INIT/proc" "$INIT/root" "$INIT/modules"
cp "$KERNEL/bin/busybox" "$INIT/bin/busybox"
for module in $BOOT_MODULES; do
  chroot "$ROOT" modprobe --set-version "$version" --show-depends "$module"
done | while read -r verb file _; do
  [ "$verb" = insmod ] || continue
  name=\${file##*/}
  [ -e "$INIT/modules/$name" ] || echo "$name" >>"$INIT/modules/order"
  cp "$ROOT$file" "$INIT/modules/"
done
cd "$INIT"
find . | bin/busybox cpio -o -H newc 2>/dev/null | gzip >"$MADE/initramfs"
cp "$KERNEL/bin/busybox" "$MADE/busybox"
cp "$KERNEL/boot/vmlinuz-$version" "$MADE/vmlinuz"
mke2fs -q -t ext4 -d "$ROOT" "$MADE/disk.ext4" "$SIZE"
`;

/** Names the image: whatever changes it changes the hash. */
const vmHash = (): string =>
  createHash("sha256")
    .update(
      JSON.stringify({
        base: recipeHash(),
        kernelPackages,
        diskSize,
        assembleScript,
        vmFiles,
        initScript,
        bootModules,
        moduleDirectories,
      }),
    )
    .digest("hex")
    .slice(0, 12);

/** The directory of the image that this version's recipe makes. */
export const vmImageDirectory = (paths: LabPaths): string => join(paths.images, `vm-${vmHash()}`);

/** True where the image of emulated machines is there. */
export const isVmImageBuilt = (paths: LabPaths): Promise<boolean> =>
  access(vmImageDirectory(paths)).then(
    () => true,
    () => false,
  );

/**
 * Builds the image of emulated machines where there is none: the base image with a Debian kernel, which is
 * unpacked and not installed. Made aside and moved into place at the end.
 * @param base the base image's directory
 * @returns the image's directory
 */
export const ensureVmImage = async (
  paths: LabPaths,
  base: string,
  progress: Progress,
): Promise<string> => {
  const image = vmImageDirectory(paths);
  if (await isVmImageBuilt(paths)) return image;
  const building = await mkdtemp(join(paths.images, "building-"));
  try {
    const at = (name: string): string => join(building, name);
    for (const name of ["layer", "work", "root", "init", "made"]) await mkdir(at(name));
    progress("downloading Debian's kernel for emulated machines");
    const kernel = at("kernel");
    await machine`mmdebstrap --quiet --mode=root --variant=extract --include=${kernelPackages.join(",")} ${suite} ${kernel}`;
    progress("building the disk of emulated machines");
    await writeTree(at("layer"), vmFiles);
    await writeTree(at("init"), { init: { text: initScript, mode: 0o755 } });
    await machine({
      env: {
        BASE: base,
        LAYER: at("layer"),
        WORK: at("work"),
        ROOT: at("root"),
        KERNEL: kernel,
        INIT: at("init"),
        MADE: at("made"),
        FRESH: freshMark,
        DIRECTORIES: moduleDirectories.join(" "),
        BOOT_MODULES: bootModules.join(" "),
        SIZE: diskSize,
        PATH: machinePath,
      },
    })`unshare --mount --propagation private sh -c ${assembleScript}`;
    await symlink(join("..", basename(base)), join(at("made"), "base"));
    await rename(at("made"), image);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return image;
};
