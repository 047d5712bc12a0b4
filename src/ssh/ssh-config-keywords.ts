import { didYouMean } from "../suggest.ts";
import { SetupError } from "./setup-error.ts";
import type { ConfigLine } from "./ssh-config-line.ts";
import { matchesAny } from "./wildcard.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Read, and honoured. */
const HONOURED = words(`
  addressfamily ciphers connecttimeout forwardagent globalknownhostsfile hostkeyalgorithms
  hostkeyalias hostname identitiesonly identityagent identityfile kexalgorithms macs port
  proxycommand proxyjump pubkeyauthentication serveraliveinterval stricthostkeychecking user
  userknownhostsfile`);

/** Other names of the same, from older OpenSSH. */
const ALIASES: Readonly<Record<string, string>> = {
  dsaauthentication: "pubkeyauthentication",
  identityfile2: "identityfile",
};

/** What ssh(1) would do otherwise than weft in a way that matters for security or the route. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["canonicalizehostname", "weft does not rewrite names; write the full name into HostName"],
  ["certificatefile", "weft cannot log in with certificates; name a key that the host knows"],
  ["bindaddress", "weft cannot choose the address that it comes from"],
  ["bindinterface", "weft cannot choose the interface that it goes out by"],
  ["knownhostscommand", "weft reads known hosts from files only; name them in UserKnownHostsFile"],
  ["revokedhostkeys", "put the keys as @revoked lines into a known_hosts file"],
  ["pkcs11provider", "weft cannot use keys on tokens; ssh-agent can (ssh-add -s)"],
  ["proxyusefdpass", "weft cannot take a connection over from a command"],
  ["requiredrsasize", "weft does not measure keys; take RSA out of HostKeyAlgorithms"],
]);

const HARMLESS = /^(?:no|none|false)$/i;

/** Nothing in them changes whom weft trusts, or by which way it goes. */
const IGNORED = words(`
  addkeystoagent batchmode canonicaldomains canonicalizefallbacklocal canonicalizemaxdots
  canonicalizepermittedcnames casignaturealgorithms challengeresponseauthentication channeltimeout
  checkhostip clearallforwardings compression compressionlevel connectionattempts controlmaster
  controlpath controlpersist dynamicforward enableescapecommandline enablesshkeysign escapechar
  exitonforwardfailure fingerprinthash forkafterauthentication forwardx11 forwardx11timeout
  forwardx11trusted gatewayports globalknownhostsfile2 gssapiauthentication gssapiclientidentity
  gssapidelegatecredentials gssapikexalgorithms gssapikeyexchange gssapirenewalforcesrekey
  gssapiserveridentity gssapitrustdns hashknownhosts hostbasedacceptedalgorithms
  hostbasedauthentication hostbasedkeytypes ignoreunknown ipqos kbdinteractiveauthentication
  kbdinteractivedevices keyboardinteractiveauthentication localcommand localforward loglevel
  logverbose nohostauthenticationforlocalhost numberofpasswordprompts obscurekeystroketiming
  passwordauthentication permitlocalcommand permitremoteopen preferredauthentications protocol
  protocolkeepalives pubkeyacceptedalgorithms pubkeyacceptedkeytypes rekeylimit remotecommand
  remoteforward requesttty rsaauthentication securitykeyprovider sendenv serveralivecountmax
  sessiontype setenv setuptimeout stdinnull streamlocalbindmask streamlocalbindunlink
  syslogfacility tag tcpkeepalive tunnel tunneldevice updatehostkeys usekeychain useprivilegedport
  userknownhostsfile2 useroaming verifyhostkeydns versionaddendum visualhostkey warnweakcrypto xauthlocation`);

/**
 * The name under which a directive counts; `undefined` where it has no meaning for weft.
 *
 * @param ignoreUnknown patterns, in lower case, of keywords to pass over where they have no meaning
 * @throws SetupError for a keyword that nobody knows, or whose effect weft cannot have
 */
export const honouredKeyword = (
  line: ConfigLine,
  ignoreUnknown: readonly string[],
): string | undefined => {
  const { written, args, at } = line;
  const keyword = ALIASES[line.keyword] ?? line.keyword;
  if (HONOURED.has(keyword)) return keyword;
  if (IGNORED.has(keyword) || matchesAny(ignoreUnknown, keyword)) return undefined;
  const reason = REFUSED.get(keyword);
  if (reason === undefined) {
    const known = [...HONOURED, ...REFUSED.keys(), ...IGNORED];
    throw new SetupError(`${at}: unknown keyword ${written}.${didYouMean(keyword, known)}`, {
      hint: `IgnoreUnknown ${written}, on a line above, makes ssh and weft pass over it`,
    });
  }
  if (HARMLESS.test(args[0] ?? "")) return undefined;
  throw new SetupError(`${at}: ${written} is not supported`, { hint: reason });
};
