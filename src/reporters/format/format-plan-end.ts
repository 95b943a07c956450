import { plannedEndMs } from '../../runtime/load/describe-load.js';
import type { PlannedLoad } from '../../runtime/plan.js';
import { formatDuration } from './format-duration.js';

/** When the last of the loads ends, as far as that is known before; empty where their iterations say it. */
export function formatPlanEnd(loads: readonly PlannedLoad[]): string {
  const open = loads.filter(({ endMs }) => endMs === undefined);
  if (open.some((load) => !isLimited(load) && load.executor !== 'shape')) return 'until stopped';
  if (open.some(({ executor }) => executor === 'shape')) return 'until its shape ends';
  if (open.length > 0) return loads.every(isLimited) ? '' : 'until its iterations are done';
  const ends = loads.map(plannedEndMs);
  if (ends.every((ms) => ms !== undefined)) return formatDuration(Math.max(0, ...ends));
  const leastMs = Math.max(...loads.map((load) => leastEndMs(load, loads)));
  return leastMs > 0 ? `at least ${formatDuration(leastMs)}` : 'until all loads have ended';
}

/** A load that waits for another begins at its end, or later: tasks in progress may go on. 0: nothing is known. */
function leastEndMs(load: PlannedLoad, loads: readonly PlannedLoad[]): number {
  // Its iterations may be done at any time.
  if (isLimited(load)) return load.startAtMs ?? 0;
  const before = loads.find(({ name }) => name === load.after);
  const beginMs = load.startAtMs ?? (before === undefined ? 0 : leastEndMs(before, loads));
  return beginMs + load.endMs!;
}

function isLimited(load: PlannedLoad): boolean {
  return load.model === 'users' && load.iterations !== undefined;
}
