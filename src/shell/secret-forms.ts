/** A shorter text is too common to be looked for in everything that is shown. */
export const SHORTEST_MASKED = 4;

/** Base64 of a text that stands somewhere inside an encoded one: the digits that no neighbour has a part in. */
const base64Inside = (bytes: Buffer): readonly string[] =>
  // Three bytes are four digits, so the text can begin at three places.
  [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return encoded.slice([0, 2, 3][before], Math.floor(((before + bytes.length) * 4) / 3));
  });

const encodings = (plain: string): readonly string[] => {
  const bytes = Buffer.from(plain);
  const base64 = [bytes.toString("base64"), ...base64Inside(bytes)];
  // By way of bytes, for a lone surrogate cannot be encoded.
  const url = encodeURIComponent(bytes.toString());
  const json = JSON.stringify(plain).slice(1, -1);
  const hex = bytes.toString("hex");
  return [
    plain,
    // As it stands inside a quoted shell word, a JSON text, and as `printf %q` and xtrace have it.
    plain.replaceAll("'", `'\\''`),
    json,
    // A JSON text inside another one.
    JSON.stringify(json).slice(1, -1),
    plain.replace(/[^\w@%+=:,./-]/g, "\\$&"),
    url,
    url.replaceAll("%20", "+"),
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
    hex,
    hex.toUpperCase(),
  ];
};

/**
 * The forms in which a secret may turn up in what is shown: as it is, line by line, quoted for a shell,
 * and as JSON, a URL, base64 and hex have it.
 */
export const secretForms = (plain: string): readonly string[] => {
  const lines = plain.split(/\r?\n/).map((line) => line.trim());
  const texts = [plain, ...lines].filter(({ length }) => length >= SHORTEST_MASKED);
  const forms = texts.flatMap(encodings).filter(({ length }) => length >= SHORTEST_MASKED);
  return [...new Set(forms)];
};
