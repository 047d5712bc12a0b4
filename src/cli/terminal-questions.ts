import { createInterface } from "node:readline/promises";
import { knownSecrets } from "../shell/secret-register.ts";

/** Asks for a line; `undefined` where the input ends instead, by Ctrl-D or a terminal that is gone. */
type Ask = (question: string) => Promise<string | undefined>;

/** Questions to whoever sits at the terminal, one at a time. */
export class TerminalQuestions {
  readonly #signal: AbortSignal;
  /** Ends with the newest question. */
  #asked: Promise<unknown> = Promise.resolve();

  /** @param signal gives up on answers */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Does what needs an answer when it is its turn. */
  inTurn<Outcome>(work: (ask: Ask) => Promise<Outcome>): Promise<Outcome> {
    const outcome = this.#asked.then(() => work((question) => this.#ask(question)));
    this.#asked = outcome.catch(() => {});
    return outcome;
  }

  async #ask(question: string): Promise<string | undefined> {
    if (process.stdin.readableEnded) return undefined;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    // The terminal makes no signal of Ctrl-C while a line is edited.
    lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
    // A question is not settled by the end of the input; by Ctrl-D it is rejected from Node 20.20 on.
    const ended = new Promise<undefined>((resolve) =>
      lines.once("close", () => resolve(undefined)),
    );
    const answer = lines
      .question(knownSecrets.mask(question), { signal: this.#signal })
      .catch((error: unknown) => {
        if (this.#signal.aborted) throw error;
        return undefined;
      });
    try {
      return await Promise.race([answer, ended]);
    } finally {
      lines.close();
    }
  }
}
