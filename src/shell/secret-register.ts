import { stripVTControlCharacters } from "node:util";
import { MASK } from "./mask.ts";
import { SHORTEST_MASKED, secretForms } from "./secret-forms.ts";

/**
 * Knows secrets, and takes them out of whatever is to be shown: also where a command prints one that
 * it was not given, or another host than the one that holds it.
 */
export class SecretRegister {
  readonly #known = new Set<string>();
  /** Forms of all secrets by their beginning, the longest first: a text is gone through once, however many there are. */
  readonly #forms = new Map<string, string[]>();

  /** Texts of less than four characters are not looked for: they would mask much that is none. */
  add(plain: string): void {
    if (this.#known.has(plain)) return;
    this.#known.add(plain);
    for (const form of secretForms(plain)) {
      const beginning = form.slice(0, SHORTEST_MASKED);
      const forms = this.#forms.get(beginning) ?? [];
      if (!forms.includes(form)) forms.push(form);
      this.#forms.set(
        beginning,
        forms.sort((a, b) => b.length - a.length),
      );
    }
  }

  /** The text with every secret masked that is known so far. */
  mask(text: string): string {
    if (this.#forms.size === 0) return text;
    // A tool that colours its output may do so within a secret, and the colours are not shown in the end.
    const bare = text.includes("\x1b") ? stripVTControlCharacters(text) : text;
    const masked = this.#maskBare(bare);
    return masked === bare ? text : masked;
  }

  #maskBare(text: string): string {
    let masked = "";
    let shownTo = 0;
    let secretTo = 0;
    for (let at = 0; at + SHORTEST_MASKED <= text.length; at += 1) {
      const form = this.#formAt(text, at);
      if (form === undefined) continue;
      // Secrets that overlap are one mask: none is left in part.
      if (at >= secretTo) {
        masked += text.slice(shownTo, at) + MASK;
      }
      secretTo = Math.max(secretTo, at + form.length);
      shownTo = secretTo;
    }
    return masked + text.slice(shownTo);
  }

  #formAt(text: string, at: number): string | undefined {
    return this.#forms
      .get(text.slice(at, at + SHORTEST_MASKED))
      ?.find((form) => text.startsWith(form, at));
  }
}

/** Every secret of this process. Secrets enter it when they are made, so that none can be forgotten. */
export const knownSecrets = new SecretRegister();
