/** A pattern of ssh_config(5), PATTERNS: `*` is any text, `?` one character. */
export const wildcard = (pattern: string, flags = ""): RegExp => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, `s${flags}`);
};

/** Whether a text is in a list of patterns; one that begins with `!` and matches rules it out. */
export const matchesAny = (patterns: readonly string[], text: string): boolean => {
  const hit = (pattern: string) => wildcard(pattern).test(text);
  return (
    !patterns.some((pattern) => pattern.startsWith("!") && hit(pattern.slice(1))) &&
    patterns.some((pattern) => !pattern.startsWith("!") && hit(pattern))
  );
};
