import type { AnyAuthMethod, AuthHandlerMiddleware } from "ssh2";
import type { Secret } from "../shell/secret.ts";
import type { SignAtOnce } from "./eager-client.ts";
import type { Identities } from "./identities.ts";
import { keyName, UserAgent } from "./user-agent.ts";

/** What a connection may log in with. */
export interface Credentials {
  readonly user: string;
  readonly identities: Identities;
  /** Whether the user named the key files; then they go before the agent's keys. */
  readonly namedIdentities: boolean;
  /** Of the agent's keys only those of the identities. */
  readonly identitiesOnly: boolean;
  readonly agentSocket: string | undefined;
  readonly password: Secret | undefined;
}

interface Attempt {
  /** The method's name on the wire (RFC 4252). */
  readonly method: string;
  /** For the message when all have failed. */
  label(): string;
  /** For a login that it opened, where that is more than the label. */
  opened?(): string;
  readonly use: AnyAuthMethod;
  /** Default: the server is asked first whether the key will do. */
  readonly signAtOnce?: SignAtOnce;
}

const agentAttempt = (
  username: string,
  socket: string,
  only: readonly Buffer[] | undefined,
): Attempt => {
  const agent = new UserAgent(socket, only);
  return {
    method: "publickey",
    label: () =>
      agent.keys === undefined
        ? `the agent at ${socket} (not answering)`
        : `the agent's keys (${agent.keys})`,
    opened: () =>
      `the agent's key ${agent.signedWith === undefined ? "" : keyName(agent.signedWith)}`.trim(),
    use: { type: "agent", username, agent },
    // With several keys the user could be asked to confirm one that the server does not take.
    signAtOnce: (key, data, hash, done) =>
      agent.keys === 1 ? agent.sign(key, data, hash ? { hash } : {}, done) : done(),
  };
};

const passwordAttempts = (username: string, secret: Secret): readonly Attempt[] => {
  const password = secret.reveal();
  let answers = 0;
  const others: string[] = [];
  return [
    {
      method: "password",
      label: () => "the password",
      use: { type: "password", username, password },
    },
    // Servers with PAM often ask for the password as a question, and know no other way.
    {
      method: "keyboard-interactive",
      label: () =>
        others.length === 0
          ? "the password as an answer"
          : `the password as an answer (it also asks ${others.join(", ")}, which weft cannot answer)`,
      use: {
        type: "keyboard-interactive",
        username,
        // The password goes to the first question that hides its answer, and to no other: the next
        // ones are for codes of one use.
        prompt: (_name, _instructions, _language, prompts, finish) =>
          finish(
            prompts.map(({ prompt, echo }) => {
              if (echo !== true && answers === 0) {
                answers += 1;
                return password;
              }
              others.push(`"${prompt.trim()}"`);
              return "";
            }),
          ),
      },
    },
  ];
};

/** The ways to log in to one server, tried one by one. */
export class Authentication {
  readonly #credentials: Credentials;
  readonly #left: Attempt[];
  readonly #tried: Attempt[] = [];
  /** What the server said it would take, after the first try. */
  #accepted: readonly string[] | undefined;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
    const { user: username, identities, namedIdentities, agentSocket, password } = credentials;
    const only = credentials.identitiesOnly ? identities.publicKeys : undefined;
    const keys = identities.keys.map(
      ({ file, key }): Attempt => ({
        method: "publickey",
        label: () => `the key ${file}`,
        use: { type: "publickey", username, key },
        signAtOnce: (_, data, hash, done) => {
          const signature: Buffer | Error = key.sign(data, hash);
          if (signature instanceof Error) done(signature);
          else done(undefined, signature);
        },
      }),
    );
    const agent = agentSocket === undefined ? [] : [agentAttempt(username, agentSocket, only)];
    this.#left = [
      // A full agent would use up the server's MaxAuthTries before the key that the user named.
      ...(namedIdentities ? [...keys, ...agent] : [...agent, ...keys]),
      ...(password ? passwordAttempts(username, password) : []),
      // Last: few servers let everybody in, and asking first would cost a round trip each time.
      { method: "none", label: () => "no credentials", use: { type: "none", username } },
    ];
  }

  /** ssh2's authHandler: the next way that the server accepts, `false` when there is none left. */
  readonly handler: AuthHandlerMiddleware = (methods: readonly string[] | null) => {
    if (methods) this.#accepted = methods;
    const allowed = ({ method }: Attempt) =>
      method === "none" || (methods?.includes(method) ?? true);
    const index = this.#left.findIndex(allowed);
    const [next] = index === -1 ? [] : this.#left.splice(index, 1);
    if (!next) return false;
    this.#tried.push(next);
    return next.use;
  };

  /** What opened the login: the last thing tried. */
  get opened(): string {
    const last = this.#tried.at(-1);
    return last?.opened?.() ?? last?.label() ?? "nothing";
  }

  /** Signs with the key of the way that is tried at present, where that need not be asked for first. */
  readonly signAtOnce: SignAtOnce = (key, data, hash, done) => {
    const sign = this.#tried.at(-1)?.signAtOnce;
    if (sign) sign(key, data, hash, done);
    else done();
  };

  /** Whether a refusal of what is tried at present is the end. */
  get isLast(): boolean {
    return this.#left.every(({ method }) => method === "none");
  }

  /** What was tried and what was not, as a sentence for the message of a refused login. */
  get summary(): string {
    const tried = this.#tried.filter(({ method }) => method !== "none").map(({ label }) => label());
    const { skipped } = this.#credentials.identities;
    return [
      tried.length > 0 ? `tried ${tried.join(", ")}` : "there was nothing to try",
      ...(skipped.length > 0 ? [`left out ${skipped.join(", ")}`] : []),
      ...(this.#accepted ? [`the server accepts ${this.#accepted.join(", ")}`] : []),
    ].join("; ");
  }
}
