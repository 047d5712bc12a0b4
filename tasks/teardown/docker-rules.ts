import { type Command, sh } from "weft";

// By name: a chain that the host calls DOCKER-SOMETHING is its own. For sed and grep without options.
const chain =
  "DOCKER\\(-\\(USER\\|FORWARD\\|CT\\|BRIDGE\\|INTERNAL\\|INGRESS\\|ISOLATION\\|ISOLATION-STAGE-[12]\\)\\)\\{0,1\\}";

/** Tells whether Docker's chains, or its bridge, are in the kernel. */
export const hasDockerRules = sh`[ -e /sys/class/net/docker0 ] || iptables-save 2>/dev/null | grep -q ${`^:${chain} `}`;

// A line is matched without its quoted words, which are comments, and printed with them.
const withoutDocker = `h
s/\\\\.//g
s/"[^"]*"//g
s/$/ /
/^:${chain} /d
/^-A ${chain} /d
/ -[jg] ${chain} /d
/ -[io] docker0 /d
g`;

// Docker sets this policy where it has the host pass packets on.
const acceptAgain = "/^\\*filter/,/^COMMIT/s/^:FORWARD DROP/:FORWARD ACCEPT/";

/**
 * Takes Docker's chains and bridge out of the kernel, and nobody else's.
 * @param accepted the host's policy for packets that it passes on was to accept them before Docker came
 */
export const removeDockerRules = (accepted: boolean): Command => sh`
if [ -e /sys/class/net/docker0 ]; then ip link del docker0; fi
if command -v iptables-save >/dev/null 2>&1; then
  iptables-save | sed ${accepted ? `${acceptAgain}\n${withoutDocker}` : withoutDocker} | iptables-restore
fi`;
