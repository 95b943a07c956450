import { SHAPE_HORIZON_MS } from '../../runtime/conductor/shape-horizon.js';
import { plannedUsersAt } from '../../runtime/load/describe-load.js';
import { rateAt } from '../../runtime/load/starts.js';
import type { PlannedKind, PlannedLoad, UsersLoad } from '../../runtime/plan.js';
import { chooseTimeStep } from './chart-scale.js';

/** The time that is looked at, from the run's start on. */
export interface Period {
  lengthMs: number;
  /** Something goes on behind it. */
  isOpen: boolean;
}

/** How much is looked at of what goes on until it is stopped, if it does not change for longer. */
const LEAST_OPEN_MS = 10_000;
/** Parts of the period for the room behind the last change. */
const TICKS = 5;
/** Just before an instant, as the plan counts. */
const BEFORE_MS = 1e-6;

/** From the run's start to the end of these loads; where there is none, to a little behind the last change. */
export function periodOf(loads: readonly PlannedLoad[]): Period {
  const lengths = loads.map((load) => lengthOf(load, load.startAtMs ?? 0));
  return { lengthMs: Math.max(0, ...lengths), isOpen: loads.some(({ endMs }) => endMs === undefined) };
}

function lengthOf({ executor, endMs, line }: PlannedLoad, startAtMs: number): number {
  if (endMs !== undefined) return startAtMs + endMs;
  // Of a shape nothing is known behind what it was asked for.
  if (executor === 'shape') return startAtMs + SHAPE_HORIZON_MS;
  const leastMs = Math.max(LEAST_OPEN_MS, (startAtMs + (line.at(-1)?.toMs ?? 0)) * 1.25);
  const stepMs = chooseTimeStep(leastMs, TICKS);
  return Math.ceil(leastMs / stepMs) * stepMs;
}

/** The most users, or starts a second, that loads of one model want together in [fromMs, toMs) of the run. */
export function highestIn(
  loads: readonly PlannedLoad[],
  { fromMs, toMs, kinds }: { fromMs: number; toMs: number; kinds: readonly PlannedKind[] | undefined },
): number {
  const instants = new Set([fromMs, Math.max(fromMs, toMs - BEFORE_MS)]);
  for (const load of loads) {
    for (const atMs of changesOf(load)) {
      if (atMs <= fromMs || atMs >= toMs) continue;
      instants.add(atMs - BEFORE_MS);
      instants.add(atMs);
    }
  }
  let highest = 0;
  for (const atMs of instants) highest = Math.max(highest, totalAt(loads, atMs, kinds));
  return highest;
}

/** The most users that a closed load ever has, whenever it begins. */
export function mostUsersOf(load: UsersLoad, kinds: readonly PlannedKind[]): number {
  const own = [{ ...load, startAtMs: 0 }];
  return highestIn(own, { fromMs: 0, toMs: periodOf(own).lengthMs, kinds });
}

/** Where a load's line may jump or bend, in ms since the run's start. */
function changesOf({ startAtMs = 0, endMs, line }: PlannedLoad): number[] {
  const own = line.flatMap(({ fromMs, toMs }) => [fromMs, toMs]);
  return [0, ...own, ...(endMs === undefined ? [] : [endMs])].map((atMs) => startAtMs + atMs);
}

function totalAt(loads: readonly PlannedLoad[], atMs: number, kinds: readonly PlannedKind[] | undefined): number {
  const users = plannedUsersAt(loads, atMs, kinds);
  return loads.reduce((sum, load) => sum + (load.model === 'starts' ? rateAt(load, atMs - load.startAtMs!) : 0), users);
}
