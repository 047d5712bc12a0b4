import type { Connection } from "../../ssh/transport.ts";
import { shellWords } from "./shell-words.ts";

/** What arguments of ssh(1) say, as far as weft can honour it. */
export interface SshArguments {
  readonly connection: Partial<Connection>;
  /** Arguments that would make a difference and cannot be honoured. */
  readonly refused: readonly string[];
}

type Outcome = Pick<SshArguments, "connection"> | "ignored" | "refused";

/** Options without a meaning here: weft keeps one connection a host and prints nothing of ssh's. */
const WITHOUT_EFFECT = new Set([
  "addressfamily",
  "batchmode",
  "compression",
  "controlmaster",
  "controlpath",
  "controlpersist",
  "gssapiauthentication",
  "hashknownhosts",
  "kbdinteractiveauthentication",
  "loglevel",
  "passwordauthentication",
  "preferredauthentications",
  "pubkeyauthentication",
  "requesttty",
  "serveralivecountmax",
  "tcpkeepalive",
  "updatehostkeys",
]);
const FLAGS_WITHOUT_EFFECT = /^-[46CTaknqtvx]+$/;

const ALGORITHM_LISTS =
  /^(?:hostkey|pubkeyaccepted|kex)(?:algorithms|keytypes)$|^(?:ciphers|macs)$/;
/** What `legacyAlgorithms` turns on. */
const LEGACY_ALGORITHMS = new Set([
  "diffie-hellman-group14-sha1",
  "ssh-rsa",
  "aes128-cbc",
  "hmac-sha1",
]);

const seconds = (value: string): number | undefined =>
  /^\d+$/.test(value) && Number(value) > 0 ? Number(value) * 1000 : undefined;

const isPort = (value: string): boolean => /^\d{1,5}$/.test(value) && Number(value) <= 65535;

const isYes = (value: string): boolean => /^(?:yes|true)$/i.test(value);

/** Source: ssh_config(5). */
const optionOutcome = (option: string, value: string): Outcome => {
  const name = option.toLowerCase();
  const milliseconds = seconds(value);
  if (name === "proxyjump") return { connection: { proxyJump: value } };
  if (name === "proxycommand") return { connection: { proxyCommand: value } };
  if (name === "hostname") return { connection: { address: value } };
  if (name === "user") return { connection: { user: value } };
  if (name === "port") return isPort(value) ? { connection: { port: Number(value) } } : "refused";
  if (name === "identityfile") return { connection: { identityFiles: [value] } };
  if (name === "identityagent" && value === "none") return { connection: { agent: false } };
  if (name === "identityagent") return { connection: { agent: value } };
  if (name === "identitiesonly") return isYes(value) ? { connection: { agent: false } } : "ignored";
  if (name === "userknownhostsfile") {
    return { connection: { knownHostsFiles: value.split(/\s+/) } };
  }
  // "no" would also let a changed key pass; weft never does.
  if (name === "stricthostkeychecking") {
    const acceptNewHostKeys = /^(?:no|off|accept-new)$/i.test(value);
    return { connection: { acceptNewHostKeys } };
  }
  if (name === "connecttimeout" && milliseconds !== undefined) {
    return { connection: { connectTimeoutMs: milliseconds } };
  }
  if (name === "serveraliveinterval" && milliseconds !== undefined) {
    return { connection: { keepaliveMs: milliseconds } };
  }
  if (name === "forwardagent" && /^(?:yes|no|true|false)$/i.test(value)) {
    return { connection: { forwardAgent: isYes(value) } };
  }
  if (name === "forwardx11") return isYes(value) ? "refused" : "ignored";
  if (ALGORITHM_LISTS.test(name) && value.startsWith("+")) {
    const legacy = value
      .slice(1)
      .split(",")
      .every((algorithm) => LEGACY_ALGORITHMS.has(algorithm));
    return legacy ? { connection: { legacyAlgorithms: true } } : "refused";
  }
  return WITHOUT_EFFECT.has(name) ? "ignored" : "refused";
};

const FLAG_OPTIONS: Readonly<Record<string, string>> = {
  "-i": "IdentityFile",
  "-J": "ProxyJump",
  "-l": "User",
  "-p": "Port",
};

/**
 * Reads arguments of ssh(1), such as `-o ProxyJump=bastion -o StrictHostKeyChecking=accept-new`.
 *
 * @throws SyntaxError for a quote that is not closed
 */
export const parseSshArguments = (text: string): SshArguments => {
  let connection: Partial<Connection> = {};
  const refused: string[] = [];
  const words = [...shellWords(text, { comments: false })];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const flag = word.slice(0, 2);
    let outcome: Outcome = "refused";
    let shown = word;
    if (flag === "-o" || Object.hasOwn(FLAG_OPTIONS, flag)) {
      const argument = word.length > 2 ? word.slice(2) : (words.shift() ?? "");
      shown = `${flag} ${argument}`;
      const option = FLAG_OPTIONS[flag];
      // ssh_config(5): a keyword and its argument are parted by white space or by one "=".
      const [, name = "", value = ""] = /^\s*(\w+)(?:\s*=\s*|\s+)(.*)$/s.exec(argument) ?? [];
      outcome = option === undefined ? optionOutcome(name, value) : optionOutcome(option, argument);
    } else if (FLAGS_WITHOUT_EFFECT.test(word)) outcome = "ignored";
    if (outcome === "refused") refused.push(shown);
    else if (outcome !== "ignored") {
      // ssh takes the first value of an option; only key files add up.
      const { connection: more } = outcome;
      // Of these two the first one counts, and the other is as if it were not there.
      if ("proxyCommand" in more && "proxyJump" in connection) continue;
      if ("proxyJump" in more && "proxyCommand" in connection) continue;
      const { identityFiles = [] } = connection;
      connection = {
        ...more,
        ...connection,
        ...(more.identityFiles && { identityFiles: [...identityFiles, ...more.identityFiles] }),
      };
    }
  }
  return { connection, refused };
};
