/** A number with its noun: `1 host`, `3 hosts`. */
export const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;
