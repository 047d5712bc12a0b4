import { createInterface } from "node:readline/promises";
import { knownSecrets } from "../shell/secret-register.ts";

/** Asks for a line. */
type Ask = (question: string) => Promise<string>;

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

  async #ask(question: string): Promise<string> {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    // The terminal makes no signal of Ctrl-C while a line is edited.
    lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
    try {
      return await lines.question(knownSecrets.mask(question), { signal: this.#signal });
    } finally {
      lines.close();
    }
  }
}
