import { type Address, parseAddresses } from "./facts/addresses.ts";
import { virtualizationOf } from "./facts/virtualization.ts";
import { sh } from "./shell/command.ts";
import { type CommandResult, type Probe, TaskError } from "./task.ts";

const PACKAGE_MANAGERS = ["dnf", "yum", "apt", "zypper", "apk", "pacman"] as const;

/** What a host tells about itself. */
export interface Facts {
  /** Its own name for itself, as `uname -n` prints it. */
  readonly hostname: string;
  /** `ID` of os-release: "centos", "rocky", "debian", ... */
  readonly distribution: string;
  /** `VERSION_ID` of os-release, such as "9" or "7.9". */
  readonly version: string;
  /** The number before the first dot of the version; 0 where there is none. */
  readonly major: number;
  readonly packageManager: (typeof PACKAGE_MANAGERS)[number] | "none";
  readonly serviceManager: "systemd" | "openrc" | "sysv";
  /** Kernel release, as `uname -r` prints it. */
  readonly kernel: string;
  readonly architecture: string;
  /** As systemd-detect-virt(1) names it: "kvm", "vmware", "docker", "lxc", ...; "none" on bare metal. */
  readonly virtualization: string;
  /** Processors that are online. */
  readonly cpus: number;
  /** All memory, in bytes. */
  readonly memoryBytes: number;
  /** Addresses of its interfaces, IPv4 and IPv6, without those of the loopback. */
  readonly addresses: readonly Address[];
}

/** A place where facts are kept from one run to the next. */
export interface FactsCache {
  /** `undefined` where they are not known or too old. */
  get(host: string): Facts | undefined;
  set(host: string, facts: Facts): void;
}

const script = sh`
PATH=$PATH:/usr/sbin:/sbin
if [ -r /etc/os-release ]; then . /etc/os-release; echo "id=$ID"; echo "version=\${VERSION_ID:-}"
elif [ -r /etc/redhat-release ]; then
  echo id=centos; sed -n 's/.*release \([0-9.]*\).*/version=\1/p' /etc/redhat-release
fi
for m in dnf yum apt-get zypper apk pacman; do
  if command -v $m >/dev/null 2>&1; then echo "package=\${m%-get}"; break; fi
done
if [ -d /run/systemd/system ]; then echo service=systemd
elif [ -d /run/openrc ]; then echo service=openrc
else echo service=sysv; fi
echo "kernel=$(uname -r)"; echo "architecture=$(uname -m)"; echo "hostname=$(uname -n)"
if command -v systemd-detect-virt >/dev/null 2>&1; then
  echo "virt=$(systemd-detect-virt 2>/dev/null)"
elif [ -e /.dockerenv ]; then echo virt=docker
elif [ -e /run/.containerenv ]; then echo virt=podman
else
  tr '\0' '\n' 2>/dev/null </proc/1/environ | sed -n 's/^container=/virt=/p'
  if [ -d /proc/xen ]; then echo virt=xen; fi
  if grep -q '^flags.* hypervisor' /proc/cpuinfo; then echo hypervisor=yes; fi
  for f in sys_vendor product_name; do
    if [ -r /sys/class/dmi/id/$f ]; then echo "$f=$(cat /sys/class/dmi/id/$f)"; fi
  done
fi
echo "cpus=$(getconf _NPROCESSORS_ONLN 2>/dev/null || grep -c '^processor' /proc/cpuinfo)"
sed -n 's/^MemTotal: *\([0-9]*\) kB$/memory=\1/p' /proc/meminfo
if command -v ip >/dev/null 2>&1; then ip -o addr show 2>/dev/null | sed 's/^/ip /'
else
  for f in route fib_trie if_inet6; do
    if [ -r /proc/net/$f ]; then sed "s/^/$f /" /proc/net/$f; fi
  done
fi
:`;

const KIB = 1024;

const parse = ({ stdout, exitCode }: CommandResult): Facts => {
  const lines = stdout.split("\n");
  const value = new Map(
    lines.map((line) => line.split("=")).map(([key = "", ...rest]) => [key, rest.join("=")]),
  );
  const kernel = value.get("kernel");
  if (exitCode !== 0 || !kernel) throw new TaskError("the host's facts cannot be read");
  const version = value.get("version") ?? "";
  const service = value.get("service");
  return {
    hostname: value.get("hostname") ?? "",
    distribution: value.get("id") ?? "unknown",
    version,
    major: Number.parseInt(version, 10) || 0,
    packageManager: PACKAGE_MANAGERS.find((name) => name === value.get("package")) ?? "none",
    serviceManager: service === "systemd" || service === "openrc" ? service : "sysv",
    kernel,
    architecture: value.get("architecture") ?? "",
    virtualization: virtualizationOf(value),
    cpus: Number.parseInt(value.get("cpus") ?? "", 10) || 1,
    memoryBytes: (Number.parseInt(value.get("memory") ?? "", 10) || 0) * KIB,
    addresses: parseAddresses(lines),
  };
};

/** Asks a host for its facts: one command, under any POSIX sh, nothing installed. */
export const factsProbe: Probe<Facts> = { command: script, parse };
