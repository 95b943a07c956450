import { LoadwrightError } from '../../errors.js';
import { amendLine, rampAtRate, valueAt } from '../load/line.js';
import type { LinePiece, PlannedLoad } from '../plan.js';
import type { ShapePoint } from '../script-protocol.js';

/** Users that a shape's load of rates may have, if the rate asks for more. */
const MOST_USERS_OF_RATES = 10_000;

/** A shape's load as its first answer makes it: of users, or of starts. */
export function planShape(load: PlannedLoad, first: ShapePoint): PlannedLoad {
  if (first === null) return { ...load, endMs: 0 };
  if (!('rate' in first)) return shapeLoad({ ...load, line: [] }, 0, first);
  const { name, executor, startAtMs, after, kinds, gracefulStopMs, env, labels } = load;
  const base = { name, executor, kinds, gracefulStopMs, env, labels };
  const begin = { ...(startAtMs === undefined ? {} : { startAtMs }), ...(after === undefined ? {} : { after }) };
  return {
    ...base,
    ...begin,
    model: 'starts',
    line: [flat(first.rate, 0)],
    preAllocatedUsers: Math.min(MOST_USERS_OF_RATES, Math.ceil(first.rate)),
    maxUsers: MOST_USERS_OF_RATES,
  };
}

/** The load as its shape wants it from a second of its own time on; null ends it. */
export function shapeLoad(load: PlannedLoad, second: number, point: ShapePoint): PlannedLoad {
  const fromMs = second * 1000;
  if (point === null) return { ...load, endMs: fromMs };
  return { ...load, line: amendLine(load.line, fromMs, [pieceOf(load, point, fromMs)]) };
}

export function flat(value: number, fromMs: number): LinePiece {
  return { fromMs, toMs: fromMs, from: value, to: value };
}

/** At `spawnRate` users a second; at once without one. */
export function leadTo(way: { from: number; to: number; fromMs: number; spawnRate: number | undefined }): LinePiece {
  const { from, to, fromMs, spawnRate } = way;
  return spawnRate === undefined ? flat(to, fromMs) : rampAtRate({ from, to, perSecond: spawnRate, fromMs });
}

/** A load has one model for good: what it was asked for first. */
function pieceOf(load: PlannedLoad, point: NonNullable<ShapePoint>, fromMs: number): LinePiece {
  if ((load.model === 'starts') !== 'rate' in point) throw refuseChange(load, fromMs);
  if ('rate' in point) return flat(point.rate, fromMs);
  // The first user comes with the first instant, as in a plain load.
  const from = load.line.length === 0 ? Math.min(1, point.users) : valueAt(load.line, fromMs);
  return leadTo({ from, to: point.users, fromMs, spawnRate: point.spawnRate });
}

function refuseChange(load: PlannedLoad, fromMs: number): LoadwrightError {
  const [first, other] = load.model === 'starts' ? ['a rate', 'users'] : ['users', 'a rate'];
  return new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `The shape of load "${load.name}" first wanted ${first}, but at second ${fromMs / 1000} it wants ${other}.`,
    hint: 'Use two loads, the second with startTime or after.',
  });
}
