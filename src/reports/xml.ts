/** XML text that is escaped already. */
export interface Xml {
  readonly xml: string;
}

// Source: Char in https://www.w3.org/TR/xml/#charsets; a parser refuses a file with any other.
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

const escapeWith = (value: string, characters: RegExp): string =>
  value
    .replace(NOT_XML, "\ufffd")
    .replace(characters, (character) => ESCAPES[character] ?? character);

/** A text as the content of an element. */
export const text = (value: string): Xml => ({ xml: escapeWith(value, /[&<>\r]/g) });

/** An element; attributes that are undefined are left out. */
export const element = (
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  children: readonly Xml[] = [],
): Xml => {
  const given = Object.entries(attributes).flatMap(([key, value]) =>
    // A parser takes a line break in an attribute for a space.
    value === undefined ? [] : [` ${key}="${escapeWith(String(value), /[&<>"\t\n\r]/g)}"`],
  );
  const open = `<${name}${given.join("")}`;
  if (children.length === 0) return { xml: `${open}/>` };
  return { xml: `${open}>${children.map(({ xml }) => xml).join("")}</${name}>` };
};

/** A whole document. */
export const xmlDocument = ({ xml }: Xml): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${xml}\n`;
