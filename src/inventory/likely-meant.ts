import { distance } from "fastest-levenshtein";

/** One slip of the pen for every so many letters. */
const LETTERS_A_SLIP = 4;

const letters = (word: string): string => [...word].sort().join("");

/**
 * The word among those of a host's variables that is likely a misspelling of the wanted one.
 * Stricter than a suggestion for what is surely wrong: an inventory holds many short names that
 * are near each other and all right.
 */
export const likelyMeant = (wanted: string, words: readonly string[]): string | undefined =>
  words.find((word) => {
    const steps = distance(word.toLowerCase(), wanted.toLowerCase());
    const swapped = steps === 2 && letters(word) === letters(wanted);
    return swapped || steps <= Math.floor(wanted.length / LETTERS_A_SLIP);
  });
