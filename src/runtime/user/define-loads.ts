import { LoadwrightError } from '../../errors.js';
import { formatDuration } from '../../options/format-duration.js';
import { nearestName } from '../../options/nearest-name.js';
import type { LoadDescription } from '../load-description.js';
import type { Load, LoadShape, Loads, Profiles } from './load-types.js';
import { readLoad } from './read-load.js';
import { isRecord, refuse } from './read-load-value.js';

/** The keys of a test, or of a profile, that hold loads. */
export interface GivenLoads {
  load?: Load | undefined;
  loads?: Loads | undefined;
}

/**
 * Reads `load` or `loads`, whichever is given; none is an empty list. `where` is the path of what they stand in, for
 * messages: empty for the test itself, `profiles.smoke` for a profile.
 *
 * @throws LoadwrightError `ERR_SCENARIO_INVALID`
 */
export function readLoads(given: GivenLoads, where = ''): LoadDescription[] {
  const prefix = where === '' ? '' : `${where}.`;
  if (given.load !== undefined && given.loads !== undefined) {
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: `${where === '' ? 'The scenario' : `"${where}"`} has both "load" and "loads".`,
      hint: 'Keep "load" for one, or "loads" for several by name.',
    });
  }
  if (given.load !== undefined)
    return [readLoad(given.load, { path: `${prefix}load`, name: 'default', source: 'load' })];
  if (given.loads === undefined) return [];
  const path = `${prefix}loads`;
  if (!isRecord(given.loads) || Object.keys(given.loads).length === 0) {
    throw refuse(
      { path, value: given.loads },
      'an object of loads by name that is not empty',
      `loads: { browse: { executor: 'constant-users', users: 10, duration: '5m' } }`,
    );
  }
  const read = Object.entries(given.loads).map(([name, load]) =>
    readLoad(load, { path: `${path}.${name}`, name, source: 'loads' }),
  );
  for (const load of read) checkAfter(load, read, path);
  return read;
}

/**
 * Reads `profiles`: each is a load, or an object with `load` or `loads`.
 *
 * @throws LoadwrightError `ERR_SCENARIO_INVALID`
 */
export function readProfiles(profiles: Profiles | undefined): Record<string, LoadDescription[]> {
  if (profiles === undefined) return {};
  if (!isRecord(profiles)) {
    const hint = `profiles: { smoke: { users: 1, runTime: '10s' } }`;
    throw refuse({ path: 'profiles', value: profiles }, 'an object of loads by name', hint);
  }
  return Object.fromEntries(Object.entries(profiles).map(([name, given]) => [name, readProfile(name, given)]));
}

function readProfile(name: string, given: unknown): LoadDescription[] {
  const path = `profiles.${name}`;
  if (!isWrapped(given)) return [readLoad(given, { path, name: 'default', source: 'load' })];
  const foreign = Object.keys(given).find((key) => key !== 'load' && key !== 'loads');
  if (foreign === undefined) return readLoads(given, path);
  throw new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `"${path}" has a key "${foreign}" beside its load.`,
    hint: `Move "${foreign}" into the load, or remove it.`,
  });
}

function isWrapped(given: unknown): given is GivenLoads {
  return isRecord(given) && (given.load !== undefined || given.loads !== undefined);
}

/**
 * The values of a plain `load` as options of the run, so that flags override each of them; of other models only how
 * long tasks may go on after the end. Nothing of `loads`, which have their own.
 */
export function optionsOfLoads(loads: readonly LoadDescription[]): Record<string, unknown> {
  const [load] = loads;
  if (load === undefined || load.source === 'loads') return {};
  const isPlain = load.executor === 'plain';
  const hasStopTimeout = isPlain || load.executor === 'stages' || load.executor === 'shape';
  return {
    ...(isPlain && load.users !== undefined ? { users: load.users } : {}),
    ...(isPlain && load.spawnRate !== undefined ? { spawnRate: load.spawnRate } : {}),
    ...(isPlain && load.runTimeMs !== undefined ? { runTime: formatDuration(load.runTimeMs) } : {}),
    ...(hasStopTimeout && load.gracefulStopMs !== undefined
      ? { stopTimeout: formatDuration(load.gracefulStopMs) }
      : {}),
  };
}

/** The functions of the loads that have a `shape`, by name of the load: those of a profile, or the test's own. */
export function findShapes(
  test: GivenLoads & { profiles?: Profiles | undefined },
  profile: string | undefined,
): Record<string, LoadShape> {
  const chosen: unknown = profile === undefined ? test : test.profiles?.[profile];
  if (!isRecord(chosen)) return {};
  const isProfileItself = profile !== undefined && !isWrapped(chosen);
  const single = isProfileItself ? chosen : chosen.load;
  const loads = isRecord(chosen.loads) ? chosen.loads : { default: single };
  const shapes: Record<string, LoadShape> = {};
  for (const [name, load] of Object.entries(loads)) {
    if (isRecord(load) && typeof load.shape === 'function') shapes[name] = load.shape as LoadShape;
  }
  return shapes;
}

function checkAfter({ name, after }: LoadDescription, loads: readonly LoadDescription[], path: string): void {
  if (after === undefined) return;
  const names = loads.map((load) => load.name);
  const way = [name];
  for (let next: string | undefined = after; next !== undefined; ) {
    const found = loads.find((load) => load.name === next);
    if (found === undefined) {
      // Of another load's: it is refused there.
      if (way.length > 1) return;
      const others = names.filter((one) => one !== name);
      const nearest = nearestName(next, others) ?? others.join(', ');
      throw new LoadwrightError('ERR_SCENARIO_INVALID', {
        message: `"${path}.${name}.after" must name another load, but the scenario gave "${next}".`,
        hint: nearest === '' ? 'Leave "after" out.' : nearest,
      });
    }
    if (way.includes(found.name)) {
      throw new LoadwrightError('ERR_SCENARIO_INVALID', {
        message: `"${path}.${name}" never begins: ${[...way, found.name].map((one) => `"${one}"`).join(' waits for ')}.`,
        hint: 'Leave "after" out of one of them.',
      });
    }
    way.push(found.name);
    next = found.after;
  }
}
