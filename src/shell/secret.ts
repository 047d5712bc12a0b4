import { inspect } from "node:util";

/** What is shown wherever a secret would be. */
export const MASK = "********";

/** A value that shows itself to nobody but who asks with `reveal()`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The plain value: for the wire only, never for a message. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** Marks a value as secret: it travels to the host, and is masked in everything that is shown. */
export const secret = (value: string): Secret => new Secret(value);
