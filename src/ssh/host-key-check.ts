import { createHash } from "node:crypto";
import { endpoint } from "./address.ts";
import { type HostKeyVerdict, judgeHostKey, knownHostName, knownKeyTypes } from "./known-hosts.ts";
import { appendKnownHost, readKnownHosts } from "./known-hosts-file.ts";
import { type KnownHostsLine, keyTypeOf } from "./known-hosts-line.ts";
import { UnreachableError } from "./transport.ts";

/** Where a connection goes and what it may trust. */
export interface HostKeyPolicy {
  readonly address: string;
  readonly port: number;
  /** Name of the host in the files, in place of its address and port. */
  readonly alias?: string | undefined;
  /** The first one takes the lines of new hosts. */
  readonly files: readonly string[];
  readonly acceptNew: boolean;
}

/** `SHA256:...` as `ssh-keygen -l` prints it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;

/** Checks the host key of one connection. */
export class HostKeyCheck {
  readonly #policy: HostKeyPolicy;
  /** By what the files know the host. */
  readonly #name: { readonly address: string; readonly port: number };
  #seen: Buffer | undefined;
  /** Why the key was refused, once it was. */
  refusal: UnreachableError | undefined;

  constructor(policy: HostKeyPolicy) {
    const { address, port, alias } = policy;
    this.#policy = policy;
    this.#name = alias === undefined ? { address, port } : { address: alias, port: 22 };
  }

  /** Types of the keys known for the host. @throws UnreachableError when a file cannot be read */
  knownKeyTypes(): ReadonlySet<string> {
    return knownKeyTypes(this.#read(), this.#name.address, this.#name.port);
  }

  /** Whether the connection may go on with this key. False leaves the reason in `refusal`. */
  verify(key: Buffer): boolean {
    // The server may ask for new session keys at any time; its own key must stay the same.
    if (this.#seen) return this.#seen.equals(key);
    this.#seen = key;
    try {
      this.refusal = this.#refuse(key, this.#judge(key));
    } catch (error) {
      this.refusal = error as UnreachableError;
    }
    return this.refusal === undefined;
  }

  /**
   * Writes a new host's key down. To be called once the server has proven to own the key, which
   * comes after `verify`: what was only shown must not be remembered.
   *
   * @throws UnreachableError when the file cannot be written, or another process wrote another key for the host there
   */
  remember(): void {
    const { address, port, files, acceptNew } = this.#policy;
    const [file] = files;
    const key = this.#seen;
    if (!acceptNew || !file || !key) return;
    const verdict = this.#judge(key);
    const refusal = this.#refuse(key, verdict);
    if (refusal) throw refusal;
    if (verdict.kind !== "unknown") return;
    try {
      appendKnownHost(file, knownHostName(this.#name.address, this.#name.port), key);
    } catch (cause) {
      throw new UnreachableError(
        `${endpoint(address, port)}: cannot remember the host's key in ${file}: ${(cause as Error).message}`,
        { cause, hint: `make ${file} writable, or name another known hosts file` },
      );
    }
  }

  #read(): readonly KnownHostsLine[] {
    const { address, port, files } = this.#policy;
    try {
      return readKnownHosts(files);
    } catch (cause) {
      throw new UnreachableError(
        `${endpoint(address, port)}: cannot read the known hosts: ${(cause as Error).message}`,
        { cause },
      );
    }
  }

  #judge(key: Buffer): HostKeyVerdict {
    return judgeHostKey(this.#read(), this.#name.address, this.#name.port, key);
  }

  #refuse(key: Buffer, verdict: HostKeyVerdict): UnreachableError | undefined {
    const { address, port, files, acceptNew } = this.#policy;
    if (verdict.kind === "known" || (verdict.kind === "unknown" && acceptNew)) return undefined;
    const at = "lines" in verdict ? verdict.lines.map((one) => `${one.file}:${one.line}`) : [];
    const shown = `${keyTypeOf(key) ?? "unreadable"} ${fingerprint(key)}`;
    const keyscan = `ssh-keyscan ${port === 22 ? "" : `-p ${port} `}${address} >> ${files[0] ?? "~/.ssh/known_hosts"}`;
    const removal = `ssh-keygen -R '${knownHostName(this.#name.address, this.#name.port)}' -f ${(at[0] ?? "").replace(/:\d+$/, "")}`;
    const [what, hint] = {
      unknown: [
        `the host's key is not known (${shown}), and no line of ${files.join(", ")} names it`,
        `compare the fingerprint with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then run ${keyscan}; or pass --accept-new-host-keys`,
      ],
      changed: [
        `THE HOST'S KEY HAS CHANGED: it shows ${shown}, but ${at.join(", ")} has another key. The host was reinstalled, or someone sits in between`,
        `if the new key is right, remove the old one: ${removal}`,
      ],
      "other-type": [
        `the host shows ${shown}, but only keys of other types are known for it (${at.join(", ")}). The host was reinstalled, or someone sits in between`,
        `if the new key is right, remove the old ones (${removal}) or add it: ${keyscan}`,
      ],
      revoked: [
        `the host shows a REVOKED key: ${shown}, revoked at ${at.join(", ")}`,
        "give the host a new key; a revoked one is never accepted",
      ],
      "certificate-authority": [
        `${at.join(", ")} trusts a certificate authority for this host, and host certificates are not supported. Its key is ${shown}`,
        `add the host's own key besides: ${keyscan}`,
      ],
    }[verdict.kind];
    return new UnreachableError(`${endpoint(address, port)}: ${what}`, hint ? { hint } : {});
  }
}
