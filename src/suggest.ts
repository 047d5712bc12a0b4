import { distance } from "fastest-levenshtein";

/** The candidate nearest to a misspelt word, if one is near enough to be meant. */
export const nearest = (word: string, candidates: Iterable<string>): string | undefined => {
  const furthest = Math.max(2, Math.floor(word.length / 3));
  return [...candidates]
    .map((candidate) => ({
      candidate,
      steps: distance(word.toLowerCase(), candidate.toLowerCase()),
      // Letters swapped are likelier than letters left out: at a tie the equal length wins.
      lengths: Math.abs(word.length - candidate.length),
    }))
    .filter(({ steps }) => steps <= furthest)
    .sort((a, b) => a.steps - b.steps || a.lengths - b.lengths)[0]?.candidate;
};

/** " Did you mean X?" with a leading space, or nothing. */
export const didYouMean = (word: string, candidates: Iterable<string>): string => {
  const meant = nearest(word, candidates);
  return meant === undefined ? "" : ` Did you mean "${meant}"?`;
};
