/**
 * The name somebody probably meant, or `undefined` when nothing is close. Case, dashes and underscores do not
 * count, so `spawnRate` and `spawn_rate` both find `spawn-rate`; the beginning of a name finds it too.
 */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const wanted = normalise(given);
  if (wanted === '') return undefined;
  let nearest: string | undefined;
  let smallest = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const name of names) {
    const candidate = normalise(name);
    const isBeginning = wanted.length >= 3 && candidate.startsWith(wanted);
    const distance = isBeginning ? 0.5 : editDistance(wanted, candidate);
    if (distance < smallest || (candidate === wanted && smallest > 0)) {
      smallest = candidate === wanted ? 0 : distance;
      nearest = name;
    }
  }
  return nearest;
}

function normalise(name: string): string {
  return name.replace(/[-_\s]/g, '').toLowerCase();
}

/** How many letters must be put in, left out, replaced or swapped with their neighbour. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replace = (last[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swap = row > 1 && column > 1 && isSwapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replace, swap));
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
