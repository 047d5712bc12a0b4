const QUOTES = "'\"";

/**
 * Splits a line into words as a POSIX shell would, without expanding anything; `#` begins a
 * comment, in the middle of a word too.
 * Source: `shlex.split(comments=True)` of Python 3, with which Ansible reads host lines.
 *
 * @throws SyntaxError for a quote that is not closed and for a backslash at the end.
 */
export const shellWords = (
  line: string,
  { comments = true }: { comments?: boolean } = {},
): readonly string[] => {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  const add = (text: string): void => {
    word = (word ?? "") + text;
  };
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] as string;
    if (quote !== "") {
      if (char === quote) quote = "";
      else if (char === "\\" && quote === '"') {
        at += 1;
        const next = line[at];
        if (next === undefined) throw new SyntaxError("No closing quotation");
        // Between double quotes the backslash stands for itself unless a quote or another follows.
        add(next === '"' || next === "\\" ? next : `\\${next}`);
      } else add(char);
    } else if (char === "\\") {
      at += 1;
      const next = line[at];
      if (next === undefined) throw new SyntaxError("No escaped character");
      add(next);
    } else if (QUOTES.includes(char)) {
      quote = char;
      add("");
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "#" && comments) break;
    else add(char);
  }
  if (quote !== "") throw new SyntaxError("No closing quotation");
  if (word !== undefined) words.push(word);
  return words;
};
