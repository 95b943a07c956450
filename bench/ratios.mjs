// Ratios of rounds that were measured in turn.

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The value that 90 % of the medians of resampled rounds do not exceed. */
export function upperBound(list) {
  const draw = () => median(list.map(() => list[Math.floor(Math.random() * list.length)]));
  return Array.from({ length: 2000 }, draw).sort((a, b) => a - b)[1799];
}

/** Each round's figure by that of the same round of another generator. */
export function compareRounds(rounds, base) {
  const ratios = rounds.map((figure, round) => figure / base[round]);
  return { median: median(ratios), bound: upperBound(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}
