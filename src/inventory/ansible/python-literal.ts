/** Thrown inside: the text is no Python literal. */
class NoLiteral extends Error {}

const ESCAPES: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

const KEYWORDS: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null };

const INTEGER =
  /^(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?0)*|[1-9](?:_?\d)*)$/;
const FLOAT = /^(?:(?:\d(?:_?\d)*)?\.\d(?:_?\d)*|\d(?:_?\d)*\.?)(?:[eE][+-]?\d(?:_?\d)*)?$/;

/** Reads one literal from left to right. */
class LiteralReader {
  readonly #text: string;
  #at = 0;
  #end: number;

  constructor(text: string) {
    this.#text = text;
    this.#end = text.length;
  }

  /** What the document has of the text: without blanks and a comment behind it. */
  get bare(): string {
    return this.#text.slice(0, this.#end);
  }

  /** A whole text: a literal, or several with commas, which Python reads as a tuple. */
  document(): unknown {
    const first = this.#value();
    if (!this.#take(",")) return this.#last(first);
    const items = [first];
    while (!this.#atEnd()) {
      items.push(this.#value());
      if (!this.#take(",")) break;
    }
    return this.#last(items);
  }

  #last(value: unknown): unknown {
    if (!this.#atEnd()) throw new NoLiteral();
    return value;
  }

  #skip(): void {
    const blank = /\s*(?:#.*)?/y;
    blank.lastIndex = this.#at;
    blank.exec(this.#text);
    if (blank.lastIndex === this.#text.length) this.#end = Math.min(this.#end, this.#at);
    this.#at = blank.lastIndex;
  }

  #atEnd(): boolean {
    this.#skip();
    return this.#at >= this.#text.length;
  }

  #take(token: string): boolean {
    this.#skip();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #value(): unknown {
    this.#skip();
    if (this.#take("[")) return this.#items("]").values;
    if (this.#take("(")) {
      const { values, commas } = this.#items(")");
      // (1) is a number in brackets, (1,) a tuple.
      return values.length === 1 && commas === 0 ? values[0] : values;
    }
    if (this.#take("{")) return this.#braces();
    if (/["'rRuU]/.test(this.#text[this.#at] ?? "")) return this.#strings();
    const sign = this.#match(/[+-]\s*/y);
    const word = this.#match(/[\w.]+(?:(?<=[eE])[+-][\d_]+)?/y) ?? "";
    const number = this.#number(word);
    if (number !== undefined) return sign?.startsWith("-") ? -number : number;
    const constant = Object.hasOwn(KEYWORDS, word) ? KEYWORDS[word] : undefined;
    if (sign !== undefined || constant === undefined) throw new NoLiteral();
    return constant;
  }

  #number(word: string): number | undefined {
    const digits = word.replaceAll("_", "");
    if (INTEGER.test(word)) {
      const integer = Number(digits);
      // Python's integers have no end; a rounded one would be another number, so it stays a text.
      if (!Number.isSafeInteger(integer)) throw new NoLiteral();
      return integer;
    }
    // "0644" is a syntax error in Python 3, not a number.
    if (/^0\d+$/.test(digits) || !FLOAT.test(word)) return undefined;
    return Number(digits);
  }

  #items(close: string): { values: unknown[]; commas: number } {
    const values: unknown[] = [];
    let commas = 0;
    while (!this.#take(close)) {
      if (values.length > commas) throw new NoLiteral();
      values.push(this.#value());
      if (this.#take(",")) commas += 1;
    }
    return { values, commas };
  }

  /** A dict, or a set, which becomes a list. */
  #braces(): unknown {
    const entries: [string, unknown][] = [];
    const items: unknown[] = [];
    let separated = true;
    while (!this.#take("}")) {
      if (!separated) throw new NoLiteral();
      const key = this.#value();
      if (this.#take(":")) entries.push([String(key), this.#value()]);
      else items.push(key);
      separated = this.#take(",");
    }
    if (items.length === 0) return Object.fromEntries(entries);
    if (entries.length > 0) throw new NoLiteral();
    return items;
  }

  /** String literals side by side are one string. */
  #strings(): string {
    let text = "";
    for (;;) {
      const next = this.#string();
      if (next === undefined) break;
      text += next;
      this.#skip();
    }
    return text;
  }

  #string(): string | undefined {
    const opening = this.#match(/[rRuU]?(?:"""|'''|"|')/y);
    if (opening === undefined) {
      if (/[\w]/.test(this.#text[this.#at] ?? "")) throw new NoLiteral();
      return undefined;
    }
    const raw = /^[rR]/.test(opening);
    const quote = opening.replace(/^[rRuU]/, "");
    let text = "";
    while (!this.#text.startsWith(quote, this.#at)) {
      const char = this.#text[this.#at];
      if (char === undefined || (char === "\n" && quote.length === 1)) throw new NoLiteral();
      this.#at += 1;
      if (char !== "\\") text += char;
      else text += raw ? `\\${this.#text[this.#at++] ?? ""}` : this.#escape();
    }
    this.#at += quote.length;
    return text;
  }

  #escape(): string {
    const code = this.#match(/x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}/y);
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    const octal = this.#match(/[0-7]{1,3}/y);
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    const char = this.#text[this.#at++] ?? "";
    // \x, \u, \U without their digits are errors, \N{...} needs Unicode's table of names.
    if (/[xuUN]/.test(char)) throw new NoLiteral();
    return ESCAPES[char] ?? `\\${char}`;
  }
}

/**
 * Types a value as Ansible types those of INI inventories: a Python literal (number, string,
 * True, False, None, list, tuple, dict, set) becomes that value; everything else, "true" and
 * "yes" too, stays text.
 * Source: `_parse_value` of ansible/plugins/inventory/ini.py, `ast.literal_eval` of Python 3.
 *
 * @returns with the value its text, which for what is no string is without a comment behind it
 */
export const readPythonLiteral = (text: string): { value: unknown; text: string } => {
  const reader = new LiteralReader(text);
  try {
    const value = reader.document();
    return { value, text: typeof value === "string" ? text : reader.bare };
  } catch (error) {
    // Too deep a nesting is no literal for Python either.
    if (error instanceof NoLiteral || error instanceof RangeError) return { value: text, text };
    throw error;
  }
};

/** The value that `readPythonLiteral` gives. */
export const parsePythonLiteral = (text: string): unknown => readPythonLiteral(text).value;
