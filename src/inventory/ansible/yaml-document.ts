import { type CollectionTag, parseDocument, type ScalarTag } from "yaml";
import { Problem } from "../../problem.ts";
import { refuseVaultFile } from "./vault.ts";

const scalar = (name: string, test: RegExp, resolve: (text: string) => unknown): ScalarTag => ({
  tag: `tag:yaml.org,2002:${name}`,
  default: true,
  test,
  resolve,
});

const sexagesimal = (text: string): number =>
  text
    .replace(/^[+-]/, "")
    .split(":")
    .reduce((sum, part) => sum * 60 + Number(part), 0);

const signed = (text: string, magnitude: (digits: string) => number): number => {
  const digits = text.replaceAll("_", "");
  const absolute = magnitude(digits.replace(/^[+-]/, ""));
  return digits.startsWith("-") ? -absolute : absolute;
};

const integer = (text: string): number =>
  signed(text, (digits) => {
    if (digits.includes(":")) return sexagesimal(digits);
    return Number(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
  });

const float = (text: string): number => {
  if (/nan$/i.test(text)) return Number.NaN;
  if (/inf$/i.test(text)) {
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return signed(text, (digits) => (digits.includes(":") ? sexagesimal(digits) : Number(digits)));
};

const NULL = scalar("null", /^(?:~|null|Null|NULL|)$/, () => null);

/**
 * What plain words mean to PyYAML, which reads YAML 1.1 in its own way: "yes" is true but "y" is a
 * text, 0644 is octal, 12:30 is 750, 1e3 is a text. Dates stay texts, as Ansible prints them.
 * Source: yaml/resolver.py of PyYAML.
 */
const PLAIN_WORDS: readonly ScalarTag[] = [
  NULL,
  scalar(
    "bool",
    /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
    (text) => /^(?:y|t|on)/i.test(text),
  ),
  scalar(
    "int",
    /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
    integer,
  ),
  scalar(
    "float",
    /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
    float,
  ),
];

/** Ansible's own tags. An encrypted text keeps its header, by which it is refused where it is used. */
const TAGS: readonly ScalarTag[] = ["!vault", "!vault-encrypted", "!unsafe"].map((tag) => ({
  tag,
  resolve: (text: string) => text,
}));

const UNSAFE_COLLECTIONS: readonly CollectionTag[] = [
  { tag: "!unsafe", collection: "map" },
  { tag: "!unsafe", collection: "seq" },
];

/**
 * Reads a YAML or JSON file as Ansible does.
 *
 * @param file as messages name it
 * @param secrets true where all values are: then they are texts as they are written, `0123` as well, and
 *   messages do not quote them
 * @throws Problem with file, line and column where it is not YAML, and for a file that is encrypted
 */
export const parseYaml = (
  text: string,
  file: string,
  { secrets = false }: { readonly secrets?: boolean } = {},
): unknown => {
  refuseVaultFile(text, file);
  const document = parseDocument(text, {
    schema: "failsafe",
    customTags: [...(secrets ? [NULL] : PLAIN_WORDS), ...TAGS, ...UNSAFE_COLLECTIONS],
    merge: true,
    // A key given twice: the last one counts, as in Ansible.
    uniqueKeys: false,
    prettyErrors: true,
  });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
    if (secrets) {
      throw new Problem(`${file}:${line}:${col}: inside, is not YAML`, {
        hint: `weft secrets edit ${file}`,
      });
    }
    const message = (error.message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "");
    throw new Problem(`${file}:${line}:${col}: ${message}`, { cause: error });
  }
  return document.toJS({ maxAliasCount: -1 });
};
