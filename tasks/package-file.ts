import { posix } from "node:path";
import { sh, TaskError, task } from "weft";
import { absolute } from "./file/entry.ts";
import { localDigest } from "./file/local-digest.ts";
import { verified } from "./file/verified.ts";
import { install } from "./package/install.ts";
import { askInstalled, type InstalledPackages, parseInstalled } from "./package/installed.ts";
import { isVersion, withoutEpoch } from "./package/version.ts";

interface PackageFileOptions {
  /** An .rpm or .deb that is on the host, or a local one that is streamed to it. */
  readonly from: { readonly host: string } | { readonly local: string };
  /** The package's name. Default: what the file's name says. */
  readonly name?: string;
  /** Its version, of an rpm with the release. Default: what the file's name says. */
  readonly version?: string;
  /** Seconds that it may take. Default: 600. */
  readonly timeout?: number;
}

/** NAME-VERSION-RELEASE.ARCH.rpm, and NAME_VERSION_ARCH.deb, whose epoch is left out. */
const FILE_NAME =
  /^(?:(?<rpm>.+)-(?<rpmVersion>[^-]+-[^-]+)\.[^.-]+\.rpm|(?<deb>[^_]+)_(?<debVersion>[^_]+)(?:_[^_]+)?\.deb)$/;

const told = (file: string) => {
  const { rpm, rpmVersion, deb, debVersion } = FILE_NAME.exec(posix.basename(file))?.groups ?? {};
  return { name: rpm ?? deb, version: rpmVersion ?? debVersion };
};

/** Installs what arrives on standard input, by way of a file that nobody else can write. */
const installArriving = (kind: string, sha256: string) => {
  const file = `./package.${kind}`;
  return sh`(
umask 077
folder=$(mktemp -d /var/tmp/weft.XXXXXX) && cd "$folder" || exit
trap 'rm -rf "$folder"' EXIT
cat >${file} && {
${verified(sha256)(file)}
} && (
umask 022
# apt reads it as a user of its own.
chmod 755 "$folder" && chmod 644 ${file} &&
{ ${install([], [file])}
}
)
)`;
};

/**
 * A package from a file, with what it needs from the repositories, in one transaction. Whether it is installed in
 * that version is told by the package's name and version, so that the file need not be there to ask. Another
 * version gives way, also a newer one.
 *
 * @category System
 *
 * @example
 * ```ts
 * packageFile({ from: { local: "build/app-1.2-1.el9.x86_64.rpm" } })
 * packageFile({ from: { host: "/opt/app_1.2-1_amd64.deb" } })
 * ```
 *
 * @throws TaskError for a file that is neither .rpm nor .deb, that does not tell name and version, or a local
 *   one that cannot be read
 */
export const packageFile = (options: PackageFileOptions) => {
  const { from, timeout } = options;
  const file = "local" in from ? from.local : absolute(from.host);
  const kind = /\.(rpm|deb)$/.exec(file)?.[1];
  if (kind !== "rpm" && kind !== "deb") {
    throw new TaskError(`${file} is no package file: its name ends with neither .rpm nor .deb`);
  }
  const { name = told(file).name, version = told(file).version } = options;
  if (name === undefined || version === undefined) {
    throw new TaskError(`the name of ${file} does not tell the package's name and version`, {
      hint: `Say them: packageFile({ from, name: "app", version: "1.2-1" })`,
    });
  }
  const step =
    "local" in from
      ? { command: installArriving(kind, localDigest(file)), stdin: { file } }
      : { command: install([], [file]) };
  return task<InstalledPackages>({
    title: `package ${name} ${version} from a file`,
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    probe: {
      command: askInstalled([name]),
      parse: (result) => parseInstalled([name], result),
    },
    plan: (now) => {
      if (now.kind !== kind) {
        throw new TaskError(`${file} is a .${kind}, and this host's packages are .${now.kind}s`);
      }
      const installed = now.versions.get(name) ?? [];
      if (installed.some((it) => isVersion(version, it, kind))) return [];
      const had = installed.at(-1);
      const summary =
        had === undefined
          ? `install ${name} ${version} from ${file}`
          : `replace ${name} ${withoutEpoch(had)} -> ${version} from ${file}`;
      return [{ summary, ...step }];
    },
  });
};
