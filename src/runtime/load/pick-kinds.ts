/** What decides which kind the next user is of. */
export interface KindWeight {
  weight: number;
  fixedCount: number | undefined;
}

/**
 * The kind of each of the first `users` users, as positions in `kinds`: first the fixed counts in the order declared,
 * then always the kind whose number is furthest behind its weight's share (ties: the earlier declared). A longer list
 * begins with every shorter one, so a ramp down and up again brings the same kinds back.
 */
export function pickKinds(kinds: readonly KindWeight[], users: number): Uint16Array {
  const picked = new Uint16Array(users);
  let at = 0;
  for (const [kind, { fixedCount }] of kinds.entries()) {
    const end = Math.min(users, at + (fixedCount ?? 0));
    picked.fill(kind, at, end);
    at = end;
  }
  const weighted = [...kinds.entries()].filter(([, { fixedCount, weight }]) => fixedCount === undefined && weight > 0);
  if (weighted.length === 0) return picked.slice(0, at);
  const totalWeight = weighted.reduce((sum, [, { weight }]) => sum + weight, 0);
  const counts = weighted.map(() => 0);
  for (let total = 1; at < users; at++, total++) {
    let best = 0;
    let bestLag = Number.NEGATIVE_INFINITY;
    for (const [index, [, { weight }]] of weighted.entries()) {
      // Whole numbers as long as weights are: no rounding decides a tie.
      const lag = weight * total - counts[index]! * totalWeight;
      if (lag > bestLag) {
        best = index;
        bestLag = lag;
      }
    }
    counts[best]!++;
    picked[at] = weighted[best]![0];
  }
  return picked;
}
