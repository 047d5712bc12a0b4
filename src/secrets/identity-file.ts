import { Problem } from "../problem.ts";

const SSH_KEY = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/;

/**
 * The keys in an identity file, as age-keygen(1) writes it: one a line, `#` begins a comment.
 *
 * @param file as messages name it
 * @throws Problem, which never quotes the file, for anything else
 */
export const parseIdentities = (text: string, file: string): readonly string[] => {
  if (SSH_KEY.test(text)) {
    throw new Problem(`${file} is an SSH key, which weft does not decrypt with`, {
      hint: "weft secrets keygen makes a key for age.",
    });
  }
  const identities = text
    .split("\n")
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== "" && !line.startsWith("#"));
  for (const { line, number } of identities) {
    if (line.startsWith("AGE-PLUGIN-")) {
      throw new Problem(`${file}:${number}: keys of age plugins are not supported`);
    }
    if (!/^AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]+$/.test(line)) {
      throw new Problem(`${file}:${number}: is no key of age`, {
        hint: "A line with a key begins with AGE-SECRET-KEY-1. weft secrets keygen makes such a file.",
      });
    }
  }
  if (identities.length === 0) throw new Problem(`${file} holds no key of age`);
  return identities.map(({ line }) => line);
};
