/** The middle value; of an even number, the mean of the two in the middle. */
export function median(list: readonly number[]): number;
/** The value that 90 % of the medians of resampled rounds do not exceed. */
export function upperBound(list: readonly number[]): number;
/** Each round's figure by that of the same round of another generator. */
export function compareRounds(
  rounds: readonly number[],
  base: readonly number[],
): { median: number; bound: number; least: number; most: number };
