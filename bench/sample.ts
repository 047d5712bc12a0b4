/** One thing to time; the number is milliseconds. */
export interface Contender {
  readonly name: string;
  readonly once: () => Promise<number>;
}

/** The middle one of some numbers. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/**
 * Times the contenders in turn, A B C A B C ..., so that a machine whose speed drifts is the same
 * for all, and prints medians and their ratio to the first one.
 */
export const compare = async (
  contenders: readonly Contender[],
  { rounds }: { readonly rounds: number },
): Promise<void> => {
  const times = contenders.map((): number[] => []);
  // The first round warms caches and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      const ms = await contender.once();
      if (round > 0) times[index]?.push(ms);
    }
  }
  const base = median(times[0] ?? []);
  for (const [index, { name }] of contenders.entries()) {
    const all = times[index] ?? [];
    const middle = median(all);
    const spread = `${Math.min(...all).toFixed(0)}..${Math.max(...all).toFixed(0)}`;
    console.log(
      `${name.padEnd(44)} ${middle.toFixed(0).padStart(6)} ms  (${spread})  ${(middle / base).toFixed(2)}x`,
    );
  }
};
