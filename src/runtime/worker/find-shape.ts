import { inspect } from 'node:util';
import { LoadwrightError } from '../../errors.js';
import { nearestName } from '../../options/nearest-name.js';
import type { ShapePoint } from '../script-protocol.js';
import { findShapes } from '../user/define-loads.js';
import type { LoadShape } from '../user/load-types.js';
import { describeThrown } from './script-failure.js';

const POINT_KEYS = ['users', 'spawnRate', 'rate'];

type GivenTest = Parameters<typeof findShapes>[0];

/**
 * Finds the shape of a load: in the profile if that says anything about loads, otherwise in the test.
 *
 * @param test what a scenario exports
 * @param chosen the load's name, `default` for the only one, and the profile of the run
 */
export function findShape(
  test: object,
  { profile, load }: { profile?: string | undefined; load: string },
): LoadShape | undefined {
  const { profiles } = test as GivenTest;
  const isProfileOurs = profile !== undefined && profiles !== undefined && Object.hasOwn(profiles, profile);
  const shapes = findShapes(test as GivenTest, isProfileOurs ? profile : undefined);
  return Object.hasOwn(shapes, load) ? shapes[load] : undefined;
}

/**
 * What a shape wants at each second from `from` to `to`, both included. After its end it is not asked any more.
 *
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` if it throws or returns something else
 */
export function askShape(shape: LoadShape, load: string, { from, to }: { from: number; to: number }): ShapePoint[] {
  const points: ShapePoint[] = [];
  for (let second = from; second <= to; second++) {
    const hasEnded = points.length > 0 && points.at(-1) === null;
    points.push(hasEnded ? null : askOnce(shape, load, second));
  }
  return points;
}

function askOnce(shape: LoadShape, load: string, second: number): ShapePoint {
  let returned: unknown;
  try {
    returned = shape(second);
  } catch (error) {
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: `The shape of the load "${load}" threw an error at second ${second}.\n\n${describeThrown(error)}`,
      cause: error,
    });
  }
  requireKnownKeys(returned, load, second);
  const point = readPoint(returned);
  if (point !== undefined) return point;
  // It is refused as a promise; that it may also reject says nothing more.
  if (returned instanceof Promise) returned.catch(() => {});
  const found = inspect(returned, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
  throw new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `The shape of the load "${load}" returned ${found} at second ${second}.`,
    hint: 'Return { users, spawnRate } or { rate }, numbers of 0 or more, or null for the end.',
  });
}

/** A misspelt `spawnRate` would start everybody at once. */
function requireKnownKeys(returned: unknown, load: string, second: number): void {
  if (typeof returned !== 'object' || returned === null || Array.isArray(returned)) return;
  const unknown = Object.keys(returned).find((key) => !POINT_KEYS.includes(key));
  if (unknown === undefined) return;
  const nearest = nearestName(unknown, POINT_KEYS);
  throw new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `The shape of the load "${load}" returned a key "${unknown}" at second ${second}, which a shape does not have.`,
    hint: nearest ?? 'Return { users, spawnRate } or { rate }, numbers of 0 or more, or null for the end.',
  });
}

function readPoint(returned: unknown): ShapePoint | undefined {
  if (returned === null) return null;
  if (typeof returned !== 'object') return undefined;
  const { users, spawnRate, rate } = returned as Record<string, unknown>;
  if (isAmount(users) && rate === undefined) {
    if (spawnRate === undefined) return { users };
    if (isAmount(spawnRate)) return { users, spawnRate };
  }
  if (isAmount(rate) && users === undefined && spawnRate === undefined) return { rate };
  return undefined;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
