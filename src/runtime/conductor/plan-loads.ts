import { LoadwrightError } from '../../errors.js';
import { nearestName } from '../../options/nearest-name.js';
import type { OptionLayer, ResolvedOptions } from '../../options/resolved-options.js';
import { plainLine } from '../load/users.js';
import type { DescribedPlain, LoadDescription } from '../load-description.js';
import type { PlannedKind, PlannedLoad, UsersLoad } from '../plan.js';
import { optionsOfLoads } from '../user/define-loads.js';
import { isAboveScript, leaveOut, refuseBesideStages, refuseOverOther } from './check-load-options.js';
import { countPossible, type LoadDefaults, planLoadModel } from './plan-load-model.js';

export interface PlanLoadsRequest {
  options: ResolvedOptions;
  /** The scenario's own; undefined or empty: it has none. */
  loads: readonly LoadDescription[] | undefined;
  profiles: Readonly<Record<string, readonly LoadDescription[]>>;
  /** The kinds of the run, with their weights as the scenario has them; `weighKinds` comes after. */
  kinds: readonly PlannedKind[];
  /** The option `profile` if not given. */
  profileName?: string | undefined;
}

const PLAIN: DescribedPlain = { name: 'default', executor: 'plain', source: 'load', env: {}, labels: {} };

/**
 * What the run's load is: of `--stage`, of the profile, of the scenario, or a plain one of the options alone.
 *
 * The values of a plain `load` are options of the run, so they are taken from `options`: it must have been resolved with
 * `optionsOfLoads` as the layer of the scenario, and with `profileLayer`.
 *
 * @throws LoadwrightError `ERR_OPTION_CONFLICT` for options that do not fit the load, `ERR_OPTION_INVALID` for a profile
 * that does not exist, `ERR_SCENARIO_INVALID` for users that a load cannot have
 */
export function planLoads(request: PlanLoadsRequest): PlannedLoad[] {
  const { options, kinds } = request;
  const { values } = options;
  const defaults: LoadDefaults = {
    kinds,
    stopTimeoutMs: values.stopTimeout,
    isStopTimeoutForced: isAboveScript(options, 'stopTimeout'),
    labels: values.labels,
  };
  if (areStagesWanted(request)) {
    refuseBesideStages(options);
    const planned = [planStages(options, defaults)];
    return values.debug ? reduceToOne(planned) : planned;
  }
  const loads = chooseLoads(request);
  const [first] = loads;
  if (loads.length === 1 && isOfOptions(first!)) return [planPlain(first!, options, defaults)];
  const planned = loads.map((load) => planLoadModel(load, defaults));
  return values.debug ? reduceToOne(planned) : planned;
}

/**
 * A plain profile's values as the layer of options that profiles have, between the scenario and the environment: what it
 * does not name, the scenario says. Undefined for other loads, for a name that does not exist, and without one.
 */
export function profileLayer(
  profiles: Readonly<Record<string, readonly LoadDescription[]>>,
  name: string | undefined,
): OptionLayer | undefined {
  if (name === undefined || !Object.hasOwn(profiles, name)) return undefined;
  const given = Object.entries(optionsOfLoads(profiles[name]!));
  if (given.length === 0) return undefined;
  const origin = `profile ${name}`;
  return { layer: 'profile', values: Object.fromEntries(given.map(([option, value]) => [option, { value, origin }])) };
}

/** The kinds as the plan has them: one of weight 0 that a load names as its `user` runs there, like one of weight 1. */
export function weighKinds(kinds: readonly PlannedKind[], loads: readonly PlannedLoad[]): PlannedKind[] {
  return kinds.map((kind, index) => {
    const isNamed = loads.some((load) => load.kinds.includes(index));
    return isNamed && kind.weight === 0 && kind.fixedCount === undefined ? { ...kind, weight: 1 } : kind;
  });
}

function chooseLoads(request: PlanLoadsRequest): readonly LoadDescription[] {
  const { options, loads = [] } = request;
  const profile = request.profileName ?? options.values.profile;
  const chosen = profile === undefined ? loads : findProfile(request, profile);
  if (chosen.length === 0) return [PLAIN];
  if (chosen.length > 1 || !isOfOptions(chosen[0]!)) refuseOverOther(options, chosen, profile);
  return chosen;
}

/** Stages of a configuration file come behind the load of the scenario, and behind a profile. */
function areStagesWanted({ options, loads = [], profileName }: PlanLoadsRequest): boolean {
  const { stages, profile } = options.values;
  if (stages.length === 0) return false;
  if (isAboveScript(options, 'stages')) return true;
  return loads.length === 0 && (profileName ?? profile) === undefined;
}

function findProfile({ profiles, options }: PlanLoadsRequest, name: string): readonly LoadDescription[] {
  if (Object.hasOwn(profiles, name)) return profiles[name]!;
  const names = Object.keys(profiles);
  const nearest = nearestName(name, names);
  const { origin } = options.origins.profile;
  throw new LoadwrightError('ERR_OPTION_INVALID', {
    message:
      `"profile" must be ${names.length === 0 ? 'left out: the scenario has no profiles' : `one of ${names.join(', ')}`}, ` +
      `but ${origin === 'default' ? 'the run' : origin} gave "${name}".`,
    hint: names.length === 0 ? leaveOut(origin) : `--profile ${nearest ?? names[0]}`,
  });
}

/** Whether its values are options of the run. */
function isOfOptions(load: LoadDescription): boolean {
  return load.source === 'load' && load.executor === 'plain';
}

function planPlain(load: LoadDescription, { values }: ResolvedOptions, defaults: LoadDefaults): UsersLoad {
  const planned = planLoadModel({ ...load, gracefulStopMs: values.stopTimeout }, defaults) as UsersLoad;
  const possible = countPossible(planned.kinds.map((kind) => defaults.kinds[kind]!));
  const users = values.debug ? 1 : Math.min(values.users, possible);
  const { endMs: _, ...rest } = planned;
  return {
    ...rest,
    line: plainLine({ users, spawnRate: values.spawnRate }),
    ...(values.runTime === undefined ? {} : { endMs: values.runTime }),
    ...planLimit(values),
  };
}

function planStages({ values }: ResolvedOptions, defaults: LoadDefaults): PlannedLoad {
  const stages = values.stages.map((stage) => ({ ...stage }));
  const planned = planLoadModel({ ...PLAIN, executor: 'stages', startUsers: 0, stages }, defaults) as UsersLoad;
  return { ...planned, ...planLimit(values) };
}

function planLimit({ debug, iterations }: ResolvedOptions['values']): Pick<UsersLoad, 'iterations'> {
  if (debug) return { iterations: { of: 'user', count: 1 } };
  return iterations === undefined ? {} : { iterations: { of: 'load', count: iterations } };
}

/** For `--debug`: of each load one user with one iteration, one after another so that what they print stays apart. */
function reduceToOne(loads: readonly PlannedLoad[]): PlannedLoad[] {
  const ordered = [...loads].sort((one, other) => beginOf(one, loads) - beginOf(other, loads));
  return loads.map((load) => {
    const { name, kinds, gracefulStopMs, env, labels } = load;
    const before = ordered[ordered.indexOf(load) - 1];
    return {
      name,
      executor: 'plain',
      model: 'users',
      ...(before === undefined ? { startAtMs: 0 } : { after: before.name }),
      kinds,
      line: plainLine({ users: 1, spawnRate: 1 }),
      falling: 'floor',
      gracefulStopMs,
      gracefulRampDownMs: gracefulStopMs,
      iterations: { of: 'user', count: 1 },
      env,
      labels,
    };
  });
}

/** When a load begins, for sorting: one that waits for another comes right behind all that it waits for. */
function beginOf({ startAtMs, after }: PlannedLoad, loads: readonly PlannedLoad[]): number {
  if (startAtMs !== undefined) return startAtMs;
  const awaited = loads.find(({ name }) => name === after);
  return awaited === undefined ? 0 : beginOf(awaited, loads) + (awaited.endMs ?? 0) + 1;
}
