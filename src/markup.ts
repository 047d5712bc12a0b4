/** XML or HTML that is safe as it is: made by the tags below and {@link raw} only. */
export interface Markup {
  readonly markup: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

type Value = string | number | Markup | readonly Markup[];

const render = (value: Value, forbidden: RegExp): string => {
  if (typeof value === "string") {
    return value
      .replace(forbidden, "\ufffd")
      .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
  }
  // A picture needs no more digits of a coordinate.
  if (typeof value === "number") return String(Math.round(value * 100) / 100);
  return "markup" in value ? value.markup : value.map((one) => one.markup).join("");
};

/** A tag whose texts get a sign in place of what they must not hold. */
const tag =
  (forbidden: RegExp) =>
  (parts: TemplateStringsArray, ...values: readonly Value[]): Markup => ({
    markup: parts.reduce(
      (all, part, index) => `${all}${render(values[index - 1] ?? "", forbidden)}${part}`,
    ),
  });

/**
 * Writes HTML in which every value is text, escaped by construction, unless it is markup itself.
 * Values stand in elements and in quoted attributes only.
 */
export const html = tag(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g);

/** The same for XML 1.0, whose section 2.2 names other signs that cannot be there, not even escaped. */
export const xml = tag(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu);

/** Text of ours that is markup already, such as a style sheet. */
export const raw = (text: string): Markup => ({ markup: text });

/** No markup. */
export const nothing: Markup = raw("");
