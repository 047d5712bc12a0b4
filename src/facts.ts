import { sh } from "./shell/command.ts";
import { type CommandResult, type Probe, TaskError } from "./task.ts";

/** What a host tells about itself. */
export interface Facts {
  /** `ID` of os-release: "centos", "rocky", "debian", ... */
  readonly distribution: string;
  /** `VERSION_ID` of os-release, such as "9" or "7.9". */
  readonly version: string;
  /** The number before the first dot of the version; 0 where there is none. */
  readonly major: number;
  readonly packageManager: "dnf" | "yum" | "apt" | "none";
  readonly serviceManager: "systemd" | "sysv";
  /** Kernel release, as `uname -r` prints it. */
  readonly kernel: string;
  readonly architecture: string;
}

const script = sh`
if [ -r /etc/os-release ]; then . /etc/os-release; echo "id=$ID"; echo "version=\${VERSION_ID:-}"
elif [ -r /etc/redhat-release ]; then
  echo id=centos; sed -n 's/.*release \([0-9.]*\).*/version=\1/p' /etc/redhat-release
fi
for m in dnf yum apt-get; do
  if command -v $m >/dev/null 2>&1; then echo "package=\${m%-get}"; break; fi
done
if [ -d /run/systemd/system ]; then echo service=systemd; else echo service=sysv; fi
echo "kernel=$(uname -r)"; echo "architecture=$(uname -m)"`;

const packageManagers = ["dnf", "yum", "apt"] as const;

const parse = ({ stdout, exitCode }: CommandResult): Facts => {
  const value = new Map(
    stdout
      .split("\n")
      .map((line) => line.split("="))
      .map(([key = "", ...rest]) => [key, rest.join("=")]),
  );
  const kernel = value.get("kernel");
  if (exitCode !== 0 || !kernel) throw new TaskError("the host's facts cannot be read");
  const version = value.get("version") ?? "";
  return {
    distribution: value.get("id") ?? "unknown",
    version,
    major: Number.parseInt(version, 10) || 0,
    packageManager: packageManagers.find((name) => name === value.get("package")) ?? "none",
    serviceManager: value.get("service") === "systemd" ? "systemd" : "sysv",
    kernel,
    architecture: value.get("architecture") ?? "",
  };
};

/** Asks a host for its facts: one command, under any POSIX sh, nothing installed. */
export const factsProbe: Probe<Facts> = { command: script, parse };
