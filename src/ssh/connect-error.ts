import { duration } from "./address.ts";
import { UnreachableError } from "./transport.ts";

/** How far a connection had come. */
export type Phase = "line" | "banner" | "handshake" | "authentication" | "shell";

/** What is known when a connection fails. */
export interface FailedConnect {
  /** Address and port, and what is on the way. */
  readonly where: string;
  readonly user: string;
  readonly phase: Phase;
  /** First line that the server sent, if any: its SSH identification or something else. */
  readonly banner: string | undefined;
  /** What was tried to log in. */
  readonly authentication: string;
  /** Why the way to the server ended, where that is known. */
  readonly fault: string | undefined;
  /** What else the way to the server tells. */
  readonly note: string | undefined;
}

type Explanation = readonly [what: string, hint?: string];

const BY_CODE: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: [
    "connection refused: no SSH server listens there",
    "check that sshd runs on the host, and the port",
  ],
  EHOSTUNREACH: ["no route to the host", "check the address, and that the host is up"],
  ENETUNREACH: ["the network is unreachable", "check this machine's routes, or its VPN"],
  ETIMEDOUT: [
    "no answer to the TCP connect",
    "check the address, that the host is up, and the firewalls on the way",
  ],
  ENOTFOUND: ["the name is not known to DNS", "check its spelling, or give an address"],
  EAI_AGAIN: ["DNS gave no answer", "check this machine's resolver, or give an address"],
  ECONNRESET: ["the server closed the connection"],
  EPIPE: ["the server closed the connection"],
  EACCES: ["this machine does not allow the connection", "check its firewall"],
};

/** The first thing that went wrong: Node bundles the failures of a name with several addresses. */
const codeOf = (error: Error): string | undefined => {
  const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : error;
  const code = (error as NodeJS.ErrnoException).code ?? (first as NodeJS.ErrnoException)?.code;
  return typeof code === "string" ? code : undefined;
};

const isSsh = (banner: string | undefined): boolean => /^SSH-(2\.0|1\.99)-/.test(banner ?? "");

const explain = (failed: FailedConnect, error: Error): Explanation => {
  const { phase, banner, user, authentication } = failed;
  const { message } = error;
  if (failed.fault !== undefined) return [failed.fault];
  if (phase === "authentication") {
    const [what, hint] = /All configured authentication methods failed/.test(message)
      ? ["login refused", "check the user and its ~/.ssh/authorized_keys on the host"]
      : /too many authentication failures/i.test(message)
        ? [
            "login refused after too many tries",
            "name the right key in identityFiles, or set agent: false",
          ]
        : [`login failed: ${message}`, "the reason is in the host's log of sshd"];
    return [`${what} for ${user}: ${authentication}`, hint];
  }
  const common = /no matching (.+)$/.exec(message)?.[1];
  if (common) {
    return [
      `no common ${common} with the server (${banner ?? "unknown version"})`,
      "for a server as old as OpenSSH 5.3 set legacyAlgorithms: true in the host's connection",
    ];
  }
  if (/MaxStartups|not allowed at this time/i.test(banner ?? "")) {
    return [
      `the server takes no more connections for now: "${banner}"`,
      "try again, or raise MaxStartups in its sshd_config",
    ];
  }
  if (banner !== undefined && !isSsh(banner)) {
    return [`no SSH server: it says "${banner}"`, "check the port"];
  }
  if (phase === "banner" && banner === undefined) {
    return [
      "the server closed the connection before it said anything",
      "it may be starting, or refuse this address (MaxStartups, a ban, TCP wrappers)",
    ];
  }
  if (/agent forwarding/i.test(message)) {
    return [message, "its sshd_config has AllowAgentForwarding no; do without forwardAgent"];
  }
  const code = codeOf(error) ?? "";
  return BY_CODE[code] ?? [message === "" ? code : message];
};

/** Turns what ssh2 or the socket said into what the user needs: where, what, and what to do. */
export const connectError = (failed: FailedConnect, cause: Error): UnreachableError => {
  if (cause instanceof UnreachableError) return cause;
  const [what, hint] = explain(failed, cause);
  return new UnreachableError(`${failed.where}: ${what}`, {
    cause,
    ...(hint !== undefined && { hint }),
  });
};

const WAITING: Readonly<Record<Phase, string>> = {
  line: "no answer to the TCP connect",
  banner: "connected, but the server said nothing",
  handshake: "the SSH handshake did not end",
  authentication: "the login did not end",
  shell: "the host's shell did not start",
};

/** The connection took longer than it may. */
export const connectTimeout = (failed: FailedConnect, timeoutMs: number): UnreachableError =>
  new UnreachableError(
    `${failed.where}: ${WAITING[failed.phase]} within ${duration(timeoutMs)}${failed.note === undefined ? "" : `: ${failed.note}`}`,
    {
      hint:
        failed.phase === "line"
          ? "check the address, that the host is up, and the firewalls on the way"
          : "the host may be overloaded; connectTimeoutMs gives it longer",
    },
  );
