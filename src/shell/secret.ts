import { inspect } from "node:util";
import { MASK } from "./mask.ts";
import { knownSecrets } from "./secret-register.ts";

/** A value that shows itself to nobody but who asks with `reveal()`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    knownSecrets.add(value);
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

const reveal = (value: Secret | string | number): string =>
  value instanceof Secret ? value.reveal() : String(value);

/**
 * Marks a value as secret: it travels to the host, and is masked in everything that is shown. As a
 * tag it makes one secret text of a template with secrets in it, which in a plain template would
 * come out as asterisks: `` secret`password=${password}\n` ``.
 */
export function secret(value: string): Secret;
export function secret(
  literals: TemplateStringsArray,
  ...values: readonly (Secret | string | number)[]
): Secret;
export function secret(
  value: string | TemplateStringsArray,
  ...values: readonly (Secret | string | number)[]
): Secret {
  if (typeof value === "string") return new Secret(value);
  return new Secret(String.raw({ raw: value }, ...values.map(reveal)));
}
