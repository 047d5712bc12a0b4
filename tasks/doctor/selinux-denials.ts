import { sh, task } from "weft";

/** What SELinux refused to the programs of the mesh, within an hour. */
export interface Denials {
  /** False where SELinux does not enforce: then it refuses nothing. */
  readonly enforcing: boolean;
  /** Whether there is a log to look into. */
  readonly hasLog: boolean;
  readonly denials: readonly Denial[];
}

/** Refusals of one kind. */
export interface Denial {
  readonly program: string;
  /** As the policy names them: "read open". */
  readonly permissions: string;
  /** The object's class and, where the log has it, its name. */
  readonly object: string;
  readonly count: number;
}

const AUDIT_LOG = "/var/log/audit/audit.log";

/** Programs that attach NICs, switch, or hand out and ask for addresses, as the kernel names them. */
const PROGRAMS =
  /^(ovs|ovsdb|dhc|kea|docker|containerd|runc|nsenter|ip$|ping$|arping$|ethtool$|iptables|nft$|firewalld)/;

const HOUR = 3600;

const DENIAL =
  /msg=audit\((\d+)\.\d+:\d+\): avc: +denied +\{ ([^}]*?) \} for .*?\bcomm="?([^"\s]+)"?(.*)$/gm;

const parseDenials = (log: string, now: number): readonly Denial[] => {
  const found = new Map<string, Denial>();
  for (const [, at, permissions = "", program = "", rest = ""] of log.matchAll(DENIAL)) {
    if (now - Number(at) > HOUR || !PROGRAMS.test(program)) continue;
    const name = /\b(?:name|path|dest)="?([^"\s]+)"?/.exec(rest)?.[1];
    const kind = /\btclass=(\S+)/.exec(rest)?.[1] ?? "";
    const object = name === undefined ? kind : `${kind} ${name}`;
    const key = [program, permissions, object].join("\n");
    const count = (found.get(key)?.count ?? 0) + 1;
    found.set(key, { program, permissions, object, count });
  }
  return [...found.values()];
};

/** What SELinux denied to programs of the mesh: auditd's log, and the kernel's where there is no auditd. */
export const selinuxDenials = () =>
  task<Denials>({
    title: "SELinux denies nothing",
    probe: {
      command: sh`
if [ "$(getenforce 2>/dev/null)" = Enforcing ]; then
  echo enforcing=yes
  echo "now=$(date +%s)"
  if [ -r ${AUDIT_LOG} ]; then
    echo log=yes
    tail -n 20000 ${AUDIT_LOG} | grep 'avc: *denied' | tail -n 200
  elif dmesg >/dev/null 2>&1; then
    echo log=yes
    # The kernel writes the same lines, with a number for the type: type=1400 audit(...).
    dmesg | sed -n 's/.*type=1400 audit(/msg=audit(/p' | grep 'avc: *denied' | tail -n 200
  fi
fi
true`,
      parse: ({ stdout }) => ({
        enforcing: /^enforcing=yes$/m.test(stdout),
        hasLog: /^log=yes$/m.test(stdout),
        denials: parseDenials(stdout, Number(/^now=(\d+)$/m.exec(stdout)?.[1] ?? 0)),
      }),
    },
    plan: () => [],
  });
