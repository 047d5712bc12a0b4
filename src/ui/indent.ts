/** Lines moved to the right by so many spaces; empty lines stay empty. */
export const indent = (lines: readonly string[], spaces: number): string[] =>
  lines.map((line) => (line === "" ? "" : " ".repeat(spaces) + line));
