import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { Problem } from "../problem.ts";
import { type Backend, defaultBackend } from "./backend.ts";

/** The machine's tools that the lab calls, and the Debian packages that bring them. */
const tools: Readonly<Record<string, string>> = {
  "systemd-nspawn": "systemd-container",
  mmdebstrap: "mmdebstrap",
  rpmbuild: "rpm",
  createrepo_c: "createrepo-c",
  "dpkg-deb": "dpkg",
  "apt-get": "apt",
  ip: "iproute2",
  ethtool: "ethtool",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
  mount: "mount",
  nsenter: "util-linux",
  unshare: "util-linux",
  tar: "tar",
};

/** And those that emulated machines take. */
const vmTools: Readonly<Record<string, string>> = {
  "qemu-system-x86_64": "qemu-system-x86",
  "qemu-img": "qemu-utils",
  mke2fs: "e2fsprogs",
};

/** The key that the Debian packages are checked against; Ubuntu does not have it from the start. */
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Tools needed only while there is no image yet. */
const buildTools = new Set([
  "mmdebstrap",
  "rpmbuild",
  "createrepo_c",
  "dpkg-deb",
  "apt-get",
  "tar",
  "mke2fs",
]);

const isAccessible = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );

/** Something that the lab needs and the machine lacks. */
export interface MissingTool {
  readonly tool: string;
  /** The Debian package that brings it. */
  readonly debianPackage: string;
}

/**
 * Lists the tools that are not on this machine.
 * @param options.searchPath a PATH
 * @param options.build false where the image is there already
 * @param options.backend what the hosts are to be
 */
export const missingTools = async ({
  searchPath,
  build = true,
  backend = defaultBackend,
}: {
  searchPath: string;
  build?: boolean;
  backend?: Backend | undefined;
}): Promise<MissingTool[]> => {
  const directories = searchPath.split(delimiter).filter(Boolean);
  const called = backend === "vm" ? { ...tools, ...vmTools } : tools;
  const wanted = Object.entries(called).filter(([tool]) => build || !buildTools.has(tool));
  const checked = wanted.map(async ([tool, debianPackage]) => {
    const found = await Promise.all(
      directories.map((dir) => isAccessible(join(dir, tool), constants.X_OK)),
    );
    return found.includes(true) ? [] : [{ tool, debianPackage }];
  });
  const missing = (await Promise.all(checked)).flat();
  if (build && !(await isAccessible(keyring, constants.R_OK))) {
    missing.push({ tool: keyring, debianPackage: "debian-archive-keyring" });
  }
  return missing;
};

/** What there is to know about a machine before a lab can run on it. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** The user's id; undefined where the platform has none. */
  readonly uid: number | undefined;
  readonly missing: readonly MissingTool[];
  /** What the hosts are to be. */
  readonly backend?: Backend | undefined;
}

/** Says why the lab can't run on a machine and what to do about it; undefined where it can. */
export const unfitMachine = ({ platform, uid, missing, backend }: Machine): Problem | undefined => {
  if (platform !== "linux") {
    return new Problem(
      `the lab needs Linux: its hosts share this machine's kernel, and this is ${platform}`,
      {
        hint: "Run it in a Linux virtual machine, or use an inventory of real hosts.",
      },
    );
  }
  if (uid !== 0) {
    return new Problem("the lab needs root: it makes network namespaces and mounts disks", {
      hint: "Run it with sudo.",
    });
  }
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map(({ debianPackage }) => debianPackage))];
  return new Problem(
    `the lab needs ${missing.map(({ tool }) => tool).join(", ")}, not found on this machine`,
    {
      hint: `"weft lab setup${backend === "vm" ? " --backend vm" : ""}" installs what is missing, or: apt-get install ${packages.join(" ")}`,
    },
  );
};
