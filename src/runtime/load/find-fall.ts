import type { LinePiece, PlannedLoad } from '../plan.js';

export interface LoadFall {
  /** Users are raised in steps or stages, so it makes sense to ask how far the target kept up. */
  rises: boolean;
  /** When the last fall after the largest number of users had reached its bottom, in ms since the run's start. */
  fellAtMs?: number;
}

const STAGED: readonly PlannedLoad['executor'][] = ['stages', 'ramping-users', 'shape'];

/** Looks where the users of a run's only closed load rise, and where they fall again for good. */
export function findFall(loads: readonly PlannedLoad[]): LoadFall {
  const [load, ...others] = loads.filter(({ model }) => model === 'users');
  if (load === undefined || others.length > 0 || load.startAtMs === undefined) return { rises: false };
  const { line, startAtMs } = load;
  const rises =
    STAGED.includes(load.executor) && levelsOf(line).some((level, index, all) => level > (all[index - 1] ?? level));
  const peak = Math.max(0, ...line.map(({ from, to }) => Math.max(from, to)));
  const peakAt = line.findLastIndex(({ from, to }) => Math.max(from, to) === peak);
  const bottom = findBottom(line, peakAt);
  return { rises, ...(bottom === undefined ? {} : { fellAtMs: startAtMs + bottom }) };
}

function levelsOf(line: readonly LinePiece[]): number[] {
  return line.flatMap(({ from, to }) => [from, to]);
}

/** The end of the last stretch behind the peak on which the line goes down; a jump down counts, too. */
function findBottom(line: readonly LinePiece[], peakAt: number): number | undefined {
  let bottomMs: number | undefined;
  for (let index = Math.max(0, peakAt); index < line.length; index++) {
    const piece = line[index]!;
    const before = line[index - 1];
    if (index > peakAt && before !== undefined && piece.from < before.to) bottomMs = piece.fromMs;
    if (piece.to < piece.from) bottomMs = piece.toMs;
  }
  return bottomMs;
}
