import { LoadwrightError } from '../../errors.js';
import { nearestName } from '../../options/nearest-name.js';
import { largestValue, lineFromStages } from '../load/line.js';
import { plainLine } from '../load/users.js';
import type { DescribedStage, LoadDescription } from '../load-description.js';
import type { LinePiece, PlannedKind, PlannedLoad, StartsLoad, UsersLoad } from '../plan.js';

/** What holds for a load where it does not say it itself. */
export interface LoadDefaults {
  kinds: readonly PlannedKind[];
  /** The option `stopTimeout`. */
  stopTimeoutMs: number;
  /** Whether that was given in a place that comes before the scenario. */
  isStopTimeoutForced: boolean;
  /** Of the run. */
  labels: Readonly<Record<string, string>>;
}

/** With an `executor`, a task in progress may go on for so long after the end. */
const GRACEFUL_STOP_MS = 30_000;

type Frame = Omit<StartsLoad, 'model' | 'line' | 'endMs' | 'preAllocatedUsers' | 'maxUsers'>;

/**
 * A load of a scenario as a part of the plan. For a `shape` that is a load of users whose line stays at 0 and has no end:
 * who asks the function adds to the line, or replaces the load by one of starts if the first answer is a rate.
 *
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` for a `user` that the run does not have, and for `fixedCount` where it
 * cannot hold
 */
export function planLoadModel(load: LoadDescription, defaults: LoadDefaults): PlannedLoad {
  const frame = planFrame(load, defaults);
  if (load.executor === 'constant-arrival-rate' || load.executor === 'ramping-arrival-rate') {
    requireNoFixedCount(frame, defaults.kinds);
    // Divided last: 49 a minute times a rounded 1/60 is a little less than 49/60.
    const perSecond = (rate: number) => (rate * 1_000) / load.timeUnitMs;
    const line =
      load.executor === 'constant-arrival-rate'
        ? flatLine(perSecond(load.rate), load.durationMs)
        : lineFromStages(
            perSecond(load.startRate),
            load.stages.map(({ durationMs, target }) => ({ durationMs, target: perSecond(target) })),
          );
    const { preAllocatedUsers, maxUsers } = load;
    return { ...frame, model: 'starts', line, endMs: endOf(load), preAllocatedUsers, maxUsers };
  }
  const closed: UsersLoad = {
    ...frame,
    model: 'users',
    falling: 'floor',
    gracefulRampDownMs: frame.gracefulStopMs,
    ...planUsers(load, countPossible(frame.kinds.map((index) => defaults.kinds[index]!))),
  };
  if (load.executor !== 'plain') requireEnoughUsers(closed, defaults.kinds);
  return closed;
}

/** How many users there can be: where every kind has a fixed count, no more than those. */
export function countPossible(kinds: readonly PlannedKind[]): number {
  return kinds.reduce((sum, { fixedCount }) => sum + (fixedCount ?? Number.POSITIVE_INFINITY), 0);
}

/** `users`, all from `fromMs` 0 to `durationMs`; or starts a second. */
export function flatLine(value: number, durationMs: number): LinePiece[] {
  return [{ fromMs: 0, toMs: durationMs, from: value, to: value }];
}

function planUsers(
  load: Exclude<LoadDescription, { executor: 'constant-arrival-rate' | 'ramping-arrival-rate' }>,
  possibleUsers: number,
): Pick<UsersLoad, 'line'> & Partial<Pick<UsersLoad, 'endMs' | 'falling' | 'gracefulRampDownMs' | 'iterations'>> {
  switch (load.executor) {
    case 'plain': {
      const line = plainLine({ users: Math.min(load.users ?? 1, possibleUsers), spawnRate: load.spawnRate ?? 1 });
      return { line, ...(load.runTimeMs === undefined ? {} : { endMs: load.runTimeMs }) };
    }
    case 'stages':
      return { line: lineFromStages(load.startUsers, load.stages), endMs: endOf(load) };
    case 'shape':
      return { line: flatLine(0, 0) };
    case 'constant-users':
      return { line: flatLine(load.users, load.durationMs), endMs: endOf(load) };
    case 'ramping-users': {
      const { gracefulRampDownMs } = load;
      const line = lineFromStages(load.startUsers, load.stages);
      return { line, endMs: endOf(load), falling: 'ceiling', gracefulRampDownMs };
    }
    case 'shared-iterations':
    case 'per-user-iterations': {
      const of = load.executor === 'shared-iterations' ? 'load' : 'user';
      const line = flatLine(load.users, load.maxDurationMs);
      return { line, endMs: load.maxDurationMs, iterations: { of, count: load.iterations } };
    }
  }
}

function endOf(load: { durationMs: number } | { stages: readonly DescribedStage[] }): number {
  return 'durationMs' in load ? load.durationMs : load.stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

function planFrame(load: LoadDescription, defaults: LoadDefaults): Frame {
  const { name, executor, after, startTimeMs } = load;
  const isLikeOption = executor === 'plain' || executor === 'stages' || executor === 'shape';
  const own = load.gracefulStopMs ?? (isLikeOption ? defaults.stopTimeoutMs : GRACEFUL_STOP_MS);
  const startAtMs = startTimeMs ?? (after === undefined ? 0 : undefined);
  return {
    name,
    executor,
    ...(startAtMs === undefined ? {} : { startAtMs }),
    ...(after === undefined ? {} : { after }),
    kinds: pickKindsOf(load, defaults.kinds),
    gracefulStopMs: defaults.isStopTimeoutForced ? defaults.stopTimeoutMs : own,
    env: load.env,
    labels: { ...defaults.labels, ...load.labels },
  };
}

/** The kind that a load names, whatever its weight, or all kinds that can be chosen. */
function pickKindsOf({ name, user }: LoadDescription, kinds: readonly PlannedKind[]): number[] {
  const names = kinds.map((kind) => kind.name);
  if (user === undefined) {
    const chosen = [...kinds.keys()].filter((index) => (kinds[index]!.fixedCount ?? kinds[index]!.weight) > 0);
    if (chosen.length > 0) return chosen;
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: `No user is left for the load "${name}": every one has weight 0, ${names.join(', ')}.`,
      hint: `user: '${names[0]}' in the load, or a weight above 0`,
    });
  }
  const index = names.indexOf(user);
  if (index >= 0) return [index];
  const nearest = nearestName(user, names);
  throw new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `"user" of the load "${name}" must be one of the users of this run, ${names.join(', ')}, but it is "${user}".`,
    hint: nearest === undefined ? 'Leave "user" out for all of them.' : `user: '${nearest}'`,
  });
}

/** An idle user of an open load is any that is free: nobody could say when a fixed count is reached. */
export function requireNoFixedCount(load: Pick<PlannedLoad, 'name' | 'kinds'>, kinds: readonly PlannedKind[]): void {
  const fixed = load.kinds.map((index) => kinds[index]!).find(({ fixedCount }) => fixedCount !== undefined);
  if (fixed === undefined) return;
  const other = load.kinds.map((index) => kinds[index]!).find(({ fixedCount }) => fixedCount === undefined);
  throw new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `The load "${load.name}" starts iterations at a rate, but ${fixed.name} has a fixedCount of ${fixed.fixedCount}.`,
    hint: `Give ${fixed.name} a weight instead${other === undefined ? '' : `, or the load   user: '${other.name}'`}.`,
  });
}

function requireEnoughUsers({ name, line, kinds: own }: UsersLoad, kinds: readonly PlannedKind[]): void {
  const wanted = Math.ceil(largestValue(line));
  const possible = countPossible(own.map((index) => kinds[index]!));
  if (wanted <= possible) return;
  const names = own.map((index) => kinds[index]!.name).join(', ');
  throw new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `The load "${name}" wants ${wanted} users, but by their fixedCount there are ${possible} (${names}).`,
    hint: `Ask for ${possible}, or give one of them a weight instead of its fixedCount.`,
  });
}
