/** What is shown wherever a secret would be. */
export const MASK = "********";

/** Replaces every given secret in a text by the mask, longest first so that none is left in part. */
export const mask = (text: string, secrets: readonly string[]): string =>
  [...secrets]
    .sort((a, b) => b.length - a.length)
    .reduce((masked, plain) => (plain === "" ? masked : masked.replaceAll(plain, MASK)), text);
