/** The percentile of a raw list: the smallest number that at least so many percent of all do not exceed. */
export function nearestRank(sorted: readonly number[], percentile: number): number {
  return sorted[Math.max(1, Math.ceil((percentile * sorted.length) / 100 - 1e-9)) - 1]!;
}

export function sortNumbers(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}

/** By how much of it a number is away from what it should be. */
export function deviationOf(found: number | undefined, expected: number): number {
  return Math.abs((found ?? Number.POSITIVE_INFINITY) / expected - 1);
}
