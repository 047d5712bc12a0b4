import type { Client } from "ssh2";
import { endpoint } from "./address.ts";
import { closeLine, type Line, lineOver } from "./line.ts";
import type { OpenClient } from "./open-client.ts";
import { UnreachableError } from "./transport.ts";

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED of RFC 4254, section 5.1. */
const PROHIBITED = 1;
/** Port that a forwarded connection says it comes from; OpenSSH's `-W` says the same. */
const SOURCE_PORT = 65_535;

/** An open connection to a jump host, which carries those to the hosts behind it. */
export class JumpHost {
  /** Address and port, for messages. */
  readonly name: string;
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>;
  readonly #client: Client;
  readonly #line: Line;
  #loss: string | undefined;

  constructor(name: string, { client, line }: OpenClient<unknown>) {
    this.name = name;
    this.#client = client;
    this.#line = line;
    this.closed = line.closed;
    client.on("error", (error) => this.#lose(line.fault() ?? error.message));
    client.once("close", () => this.#lose(line.fault() ?? "the server closed it"));
  }

  /** A line through it to another host. @throws UnreachableError when it cannot connect there */
  line(where: string, address: string, port: number, signal: AbortSignal): Promise<Line> {
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      // ssh2 throws instead of calling back when the connection is gone.
      this.#client.forwardOut("127.0.0.1", SOURCE_PORT, address, port, (error, channel) => {
        signal.removeEventListener("abort", onAbort);
        if (error) reject(this.#refused(where, endpoint(address, port), error));
        else if (signal.aborted) channel.close();
        else resolve(lineOver(channel, { fault: () => this.#loss }));
      });
    });
  }

  async close(): Promise<void> {
    this.#client.end();
    await closeLine(this.#line);
  }

  #lose(why: string): void {
    this.#loss ??= `the connection to the jump host ${this.name} was lost: ${why}`;
  }

  #refused(where: string, to: string, cause: Error): UnreachableError {
    if (this.#loss !== undefined) return new UnreachableError(`${where}: ${this.#loss}`, { cause });
    const why = cause.message.replace(/^\(SSH\) Channel open failure: /, "");
    return new UnreachableError(
      `${where}: the jump host ${this.name} cannot connect to ${to}: ${why}`,
      {
        cause,
        hint:
          (cause as { reason?: unknown }).reason === PROHIBITED
            ? "its sshd_config must allow it: AllowTcpForwarding, PermitOpen"
            : "check the address and port as the jump host sees them",
      },
    );
  }
}
