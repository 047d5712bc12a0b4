import { type Change, type Command, sh, TaskError } from "weft";
import type { Verdict } from "./verdict.ts";

/** A chain of weft's own, and the built-in chain that jumps to it. */
export interface Chain {
  /** Such as "WEFT-MESH". */
  readonly name: string;
  /** Where it is hooked in: "INPUT", or firewalld's "INPUT_direct". */
  readonly hook: string;
  /** Empty: the chain is to be gone. */
  readonly rules: readonly string[];
}

/** A verdict as `iptables -S` prints it, so that what is there can be compared with what should be. */
export const ruleOf = ({ protocol, ports, action, from, interface: device }: Verdict): string =>
  [
    ...(from === undefined ? [] : [`-s ${from}`]),
    ...(device === undefined ? [] : [`-i ${device}`]),
    `-p ${protocol} -m ${protocol} --dport ${ports.replace("-", ":")} -j ${action.toUpperCase()}`,
  ].join(" ");

const isOwnHook = (rule: string): boolean => /^-j WEFT-\S+$/.test(rule);

/** The rules of one chain in the output of `iptables -S` or in a file for iptables-restore. */
export const rulesOf = (chain: string, lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => {
    const rule = line.replace(/^\[\d+:\d+\]\s*/, "");
    return rule.startsWith(`-A ${chain} `) ? [rule.slice(`-A ${chain} `.length).trim()] : [];
  });

/** Whether the chain is declared, holds its rules in order, and only weft's own hooks come before its hook. */
export const isInOrder = (chain: Chain, lines: readonly string[]): boolean => {
  const declared = lines.some((line) => /^(?:-N |:)(\S+)/.exec(line)?.[1] === chain.name);
  const hooks = rulesOf(chain.hook, lines);
  const at = hooks.indexOf(`-j ${chain.name}`);
  if (chain.rules.length === 0) return !declared && at < 0;
  return (
    declared &&
    rulesOf(chain.name, lines).join("\n") === chain.rules.join("\n") &&
    at >= 0 &&
    hooks.lastIndexOf(`-j ${chain.name}`) === at &&
    hooks.slice(0, at).every(isOwnHook)
  );
};

/** The lines that put the chain in order in the running firewall: one transaction, others' rules untouched. */
const transaction = (chain: Chain, live: readonly string[]): string => {
  const hooks = rulesOf(chain.hook, live).filter((rule) => rule === `-j ${chain.name}`);
  const absent = chain.rules.length === 0;
  return [
    "*filter",
    // With --noflush this makes the chain, or empties the one there is.
    `:${chain.name} - [0:0]`,
    ...hooks.map((rule) => `-D ${chain.hook} ${rule}`),
    ...(absent ? [`-X ${chain.name}`] : [`-I ${chain.hook} -j ${chain.name}`]),
    ...chain.rules.map((rule) => `-A ${chain.name} ${rule}`),
    "COMMIT",
    "",
  ].join("\n");
};

// Status 4: somebody else, such as dockerd, holds the lock. EL6's iptables-restore cannot wait for it.
const restore = (text: string): Command => sh`(
tries=0
until printf %s ${text} | iptables-restore --noflush; do
  status=$? tries=$((tries + 1))
  [ "$status" = 4 ] && [ "$tries" -lt 10 ] || exit "$status"
  sleep 1
done
)`;

/** The change that brings the running firewall to the chain, if one is needed. */
export const planLive = (
  chain: Chain,
  live: readonly string[],
  description: string,
): readonly Change[] => {
  if (isInOrder(chain, live)) return [];
  const before = rulesOf(chain.name, live);
  const text = (rules: readonly string[]): string => rules.map((rule) => `${rule}\n`).join("");
  return [
    {
      summary:
        chain.rules.length === 0
          ? `remove chain ${chain.name}`
          : `load chain ${chain.name}: ${description}`,
      command: restore(transaction(chain, live)),
      diff: { subject: `chain ${chain.name}`, before: text(before), after: text(chain.rules) },
    },
  ];
};

/** The file where the host had none. */
export const emptyRules = `# Loaded at boot by the iptables service. weft keeps its own chains in here and leaves the rest alone.
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
COMMIT
`;

/**
 * The text of /etc/sysconfig/iptables with the chain in order in it and all else as it was.
 *
 * Not what `service iptables save` would write: that keeps Docker's rules of the moment too, and
 * at the next boot they are loaded before Docker makes them again.
 *
 * @throws TaskError for a text that iptables-restore would not take.
 */
export const withChain = (chain: Chain, before: string | undefined): string => {
  const text = before ?? emptyRules;
  const lines = text.split("\n");
  const begin = lines.indexOf("*filter");
  if (begin < 0) {
    return chain.rules.length === 0 ? text : `${text}${withChain(chain, undefined)}`;
  }
  const end = lines.indexOf("COMMIT", begin);
  if (end < 0) throw new TaskError("/etc/sysconfig/iptables has a *filter table without a COMMIT");
  const table = lines.slice(begin, end);
  if (isInOrder(chain, table)) return text;
  const others = table.filter((line) => {
    const words = line.replace(/^\[\d+:\d+\]\s*/, "").split(/\s+/);
    const jumps = words.some((word, at) => /^-[jg]$/.test(word) && words[at + 1] === chain.name);
    return words[0] !== `:${chain.name}` && words[1] !== chain.name && !jumps;
  });
  const declarations = others.findLastIndex((line) => /^[:*]/.test(line)) + 1;
  const own = [
    `:${chain.name} - [0:0]`,
    `-A ${chain.hook} -j ${chain.name}`,
    ...chain.rules.map((rule) => `-A ${chain.name} ${rule}`),
  ];
  return [
    ...lines.slice(0, begin),
    ...others.slice(0, declarations),
    ...(chain.rules.length === 0 ? [] : own),
    ...others.slice(declarations),
    ...lines.slice(end),
  ].join("\n");
};
