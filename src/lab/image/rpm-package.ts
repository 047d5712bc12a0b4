/** A file that a package or the base image brings, as text. */
export interface TextFile {
  readonly text: string;
  /** Octal permission bits; 0o644 where left out. */
  readonly mode?: number;
}

/** An RPM of the lab's repository: plain data, so that the image's hash covers it. */
export interface RpmPackage {
  readonly name: string;
  /** Left out: the upstream version of {@link RpmPackage.versionOf}. */
  readonly version?: string;
  /** A Debian package whose upstream version this package has. */
  readonly versionOf?: string;
  readonly release: string;
  readonly summary: string;
  /** The group of downloaded Debian packages whose files it is made of. */
  readonly debs?: DebGroup;
  /** Keep only these paths of the Debian files (a prefix; no leading slash). Left out: all. */
  readonly only?: readonly string[];
  /** Leave these paths of the Debian files out (a prefix; no leading slash). */
  readonly without?: readonly string[];
  /** Files that CentOS has elsewhere: from, to. */
  readonly moves?: Readonly<Record<string, string>>;
  /** Symbolic links: path, target. */
  readonly links?: Readonly<Record<string, string>>;
  /** Literal replacements in a file's text: path, [from, to]. */
  readonly edits?: Readonly<Record<string, readonly (readonly [string, string])[]>>;
  readonly files?: Readonly<Record<string, TextFile>>;
  /** Directories that the package owns, empty or not. */
  readonly directories?: readonly string[];
  readonly requires?: readonly string[];
  readonly provides?: readonly string[];
  readonly obsoletes?: readonly string[];
  /** Scriptlets, run by the host's rpm. */
  readonly pre?: string;
  readonly post?: string;
  readonly preun?: string;
  readonly postun?: string;
}

/** Debian packages that are downloaded together with what they need past the base image. */
export const debGroups = {
  iproute: ["iproute2"],
  openvswitch: ["openvswitch-switch"],
  docker: ["docker.io"],
  "dhcp-server": ["isc-dhcp-server"],
  "dhcp-client": ["isc-dhcp-client"],
  firewalld: ["firewalld"],
  kea: ["kea-dhcp4-server"],
  dhcpcd: ["dhcpcd-base"],
  sysvinit: ["sysvinit-core"],
  busybox: ["busybox-static"],
} as const;

export type DebGroup = keyof typeof debGroups;

/** The scriptlets of a package with an init script: known to chkconfig, but off where its header names no runlevel. */
export const initScriptlets = (name: string): Pick<RpmPackage, "post" | "preun" | "postun"> => ({
  post: `/sbin/chkconfig --add ${name}`,
  preun: `[ $1 -ne 0 ] || { /sbin/service ${name} stop >/dev/null 2>&1; /sbin/chkconfig --del ${name}; } || :`,
  postun: ":",
});

/** The scriptlets of a package with units: installed but neither enabled nor started, as CentOS's presets have it. */
export const unitScriptlets = (
  ...units: string[]
): Pick<RpmPackage, "post" | "preun" | "postun"> => ({
  post: "systemctl daemon-reload >/dev/null 2>&1 || :",
  preun: `[ $1 -ne 0 ] || systemctl --no-reload disable --now ${units.join(" ")} >/dev/null 2>&1 || :`,
  postun: "systemctl daemon-reload >/dev/null 2>&1 || :",
});
