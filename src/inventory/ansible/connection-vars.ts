import { Secret } from "../../shell/secret.ts";
import { isTemplate } from "../coerce.ts";
import type { Value, Vars } from "../value.ts";

/** In an encrypted file all values are secrets; those of the connection are for weft itself. */
export const plainOf = (value: unknown): unknown =>
  value instanceof Secret ? value.reveal() : value;

/** As Ansible reads a truth: ansible/module_utils/parsing/convert_bool.py. */
export const isTrue = (value: unknown): boolean =>
  /^(?:y|yes|on|1|true|t|1\.0)$/i.test(String(value));

/** Reads a host's connection variables and gathers what cannot be honoured. */
export class ConnectionVars {
  readonly #vars: Vars;
  readonly #subject: string;
  readonly refusals: string[] = [];

  constructor(vars: Vars, subject: string) {
    this.#vars = vars;
    this.#subject = subject;
  }

  refuse(name: string, message: string): void {
    const file = this.#vars.get(name)?.file;
    this.refusals.push(`${file}: ${this.#subject}, ${name}: ${message}`);
  }

  /** The last of the names that is set: Ansible lets the older spelling win. */
  last(names: readonly string[]): { name: string; value: Value } | undefined {
    const name = names.findLast((candidate) => {
      const value = this.#vars.get(candidate)?.value;
      return value !== undefined && value !== null;
    });
    const value = name === undefined ? undefined : this.#vars.get(name);
    return name === undefined || value === undefined ? undefined : { name, value };
  }

  /** @param isSecret true where a message must not quote the value */
  text(names: readonly string[], { isSecret = false } = {}): string | undefined {
    const found = this.last(names);
    if (found === undefined) return undefined;
    const { text } = found.value;
    const value = plainOf(found.value.value);
    if (typeof value === "object") {
      this.refuse(found.name, "expected a text");
      return undefined;
    }
    // An INI password such as 0123 or 1e3 is meant as it was written.
    const written = text !== undefined && typeof value !== "string" ? text : String(value);
    if (!isTemplate(written)) return written;
    this.refuse(
      found.name,
      `is a Jinja template, which weft does not evaluate${isSecret ? "" : `: ${written}`}`,
    );
    return undefined;
  }

  secret(names: readonly string[]): Secret | undefined {
    const plain = this.text(names, { isSecret: true });
    return plain === undefined ? undefined : new Secret(plain);
  }

  truth(names: readonly string[]): boolean | undefined {
    const text = this.text(names);
    return text === undefined ? undefined : isTrue(text);
  }

  whole(names: readonly string[], { from, to }: { from: number; to: number }): number | undefined {
    const text = this.text(names);
    if (text === undefined) return undefined;
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= from && number <= to) return number;
    const found = this.last(names);
    if (found)
      this.refuse(found.name, `expected a whole number from ${from} to ${to}, got ${text}`);
    return undefined;
  }
}
