import { LoadwrightError } from '../../errors.js';
import { OPTION_NAMES } from '../../options/option-table.js';
import { parseDuration } from '../../options/parse-duration.js';
import type { OptionLayer, OptionName, ResolvedOptions } from '../../options/resolved-options.js';
import { highestIn, periodOf } from '../../reporters/format/sample-loads.js';
import { checkOrigins } from '../../runtime/conductor/check-origins.js';
import { type PlannedRun, planRun } from '../../runtime/conductor/plan-run.js';
import { resolveRunOptions } from '../../runtime/conductor/resolve-run-options.js';
import type { DescribedConstantRate } from '../../runtime/load-description.js';
import type { ScenarioDescription } from '../../runtime/protocol.js';
import { refuseOrigins } from '../../runtime/user/http/allowed-origins.js';
import type { FieldProblem, LoadChoice, PlannedCurve } from './http-interface.js';
import { readStartRequest, refuseFields, type WantedStart } from './read-start-request.js';

/** What a start may have, and an error may be about. */
const START_FIELDS: readonly string[] = [
  'users',
  'spawnRate',
  'runTime',
  'iterations',
  'host',
  'profile',
  'stages',
  'tags',
  'excludeTags',
  'stopTimeout',
];

/** What every start begins from: the command line, and the scenario. */
export interface StartSource {
  layers: readonly OptionLayer[];
  /** Kinds picked on the command line; empty: all. */
  kinds: readonly string[];
  described: ScenarioDescription;
  /** Throws where options do not fit the scenario. */
  checkOptions(options: ResolvedOptions, description: ScenarioDescription): void;
}

/** A start that can be carried out. */
export interface PlannedStart {
  layers: OptionLayer[];
  kinds: string[];
  /** What the scenario describes, with what was asked for in its place. */
  adjust(described: ScenarioDescription): ScenarioDescription;
  options: ResolvedOptions;
  planned: PlannedRun;
}

/** In messages, where on the command line a flag stands. */
const ORIGIN = 'the start';
/** What another load takes the place of. */
const REPLACED: Record<LoadChoice, readonly OptionName[]> = {
  scenario: [],
  users: ['stages', 'profile'],
  rate: ['users', 'spawnRate', 'runTime', 'iterations', 'stages', 'profile'],
  stages: ['users', 'spawnRate', 'runTime', 'profile'],
  profile: ['users', 'spawnRate', 'runTime', 'iterations', 'stages'],
};
/** Users of a load at a rate, for each start a second, where nobody said how many. */
const USERS_PER_START = 10;
const MOST_POINTS = 240;

/**
 * Plans a run as it would be carried out, without starting anything.
 *
 * @throws RefusedRequest that says of each field what is wrong with it
 */
export async function planStart(body: unknown, source: StartSource): Promise<PlannedStart> {
  const wanted = readStartRequest(body, source.described.kinds);
  if (wanted.load === 'rate') requireRate(wanted, source);
  const layers = toLayers(wanted, source.layers);
  const kinds = wanted.kinds === undefined ? [...source.kinds] : Object.keys(wanted.kinds);
  const adjust = (described: ScenarioDescription) => adjustDescription(described, wanted);
  try {
    const described = adjust(source.described);
    const options = resolveRunOptions(layers, described);
    source.checkOptions(options, described);
    const planned = planRun(options, described, kinds);
    await requireAllowedHosts(planned, options);
    return { layers, kinds, adjust, options, planned };
  } catch (error) {
    if (error instanceof LoadwrightError) throw refuseFields([toFieldProblem(error)], error);
    throw error;
  }
}

/** The planned load over time, for a sketch. */
export function describeCurve({ planned }: Pick<PlannedStart, 'planned'>): PlannedCurve {
  const { plan, mostUsers, shares } = planned;
  const loads = (plan.revisions[0]?.loads ?? []).filter(({ startAtMs }) => startAtMs !== undefined);
  const hasShape = loads.some(({ executor }) => executor === 'shape');
  const { lengthMs, isOpen } = hasShape ? { lengthMs: 0, isOpen: true } : periodOf(loads);
  const [closed, open] = (['users', 'starts'] as const).map((model) => loads.filter((load) => load.model === model));
  const points = Array.from({ length: hasShape ? 0 : MOST_POINTS }, (_, index) => {
    const fromMs = (index * lengthMs) / MOST_POINTS;
    const period = { fromMs, toMs: ((index + 1) * lengthMs) / MOST_POINTS };
    return {
      fromMs,
      users: highestIn(closed!, { ...period, kinds: plan.kinds }),
      startsPerSecond: highestIn(open!, { ...period, kinds: undefined }),
    };
  });
  return { points, lengthMs, isOpen, hasShape, mostUsers, workers: shares };
}

function requireRate({ rate, options }: WantedStart, { described }: StartSource): void {
  const problems: FieldProblem[] = [];
  if (rate === undefined)
    problems.push({ field: 'rate', message: 'is how many iterations start a second.', hint: '50' });
  if (options.runTime === undefined && findRateLoad(described) === undefined) {
    problems.push({ field: 'runTime', message: 'is needed: a load at a rate has an end.', hint: '5m' });
  }
  if (problems.length > 0) throw refuseFields(problems);
}

/** What was given stands over all layers; what it takes the place of is taken out of them. */
function toLayers({ load, options }: WantedStart, layers: readonly OptionLayer[]): OptionLayer[] {
  const replaced: readonly string[] = REPLACED[load];
  const kept = layers.map(({ layer, values }) => ({
    layer,
    values: Object.fromEntries(Object.entries(values).filter(([name]) => !replaced.includes(name))),
  }));
  // The time of a load at a rate is part of its description.
  const own = Object.entries(options).filter(([name]) => load !== 'rate' || name !== 'runTime');
  const values = Object.fromEntries(own.map(([name, value]) => [name, { value, origin: ORIGIN }]));
  return [...kept, { layer: 'flag', values }];
}

function adjustDescription(described: ScenarioDescription, wanted: WantedStart): ScenarioDescription {
  const { kinds } = wanted;
  return {
    ...described,
    kinds: kinds === undefined ? described.kinds : described.kinds.map((kind) => weigh(kind, kinds[kind.name])),
    loads: adjustLoads(described, wanted),
  };
}

function weigh(kind: ScenarioDescription['kinds'][number], value: number | undefined) {
  if (value === undefined) return kind;
  return kind.fixedCount === undefined ? { ...kind, weight: value } : { ...kind, fixedCount: value };
}

function adjustLoads(described: ScenarioDescription, wanted: WantedStart): ScenarioDescription['loads'] {
  const { loads } = described;
  if (wanted.load === 'rate') return [planRate(described, wanted)];
  const isPlain = loads.length === 1 && loads[0]!.executor === 'plain' && loads[0]!.source === 'load';
  return wanted.load === 'users' && !isPlain ? [] : loads;
}

/** The scenario's own load at a rate, at another rate; or a new one. */
function planRate(described: ScenarioDescription, { rate = 0, maxUsers, options }: WantedStart): DescribedConstantRate {
  const own = findRateLoad(described);
  const users = maxUsers ?? Math.max(own?.maxUsers ?? 0, Math.ceil(rate * USERS_PER_START));
  const durationMs = options.runTime === undefined ? own!.durationMs : parseDuration(options.runTime)!;
  return {
    name: 'default',
    env: {},
    labels: {},
    ...own,
    source: 'loads',
    executor: 'constant-arrival-rate',
    rate,
    timeUnitMs: 1000,
    durationMs,
    maxUsers: users,
    preAllocatedUsers: Math.min(users, Math.max(own?.preAllocatedUsers ?? 0, Math.ceil(rate))),
  };
}

function findRateLoad({ loads }: ScenarioDescription): DescribedConstantRate | undefined {
  const [load, ...others] = loads;
  return others.length === 0 && load?.executor === 'constant-arrival-rate' ? load : undefined;
}

/** Nobody is asked on the terminal for what somebody wants on the page. */
async function requireAllowedHosts({ plan, mostUsers }: PlannedRun, { values }: ResolvedOptions): Promise<void> {
  await checkOrigins({
    hosts: [...plan.kinds.map(({ host }) => host), values.proxy],
    allowedHosts: values.allowedHosts,
    yes: values.yes,
    users: mostUsers,
    confirm: (origins) => Promise.reject(refuseOrigins(origins, { inCode: false })),
  });
}

/** The field that an error is about: the first one it names, or an option that is no field; else the load as a whole. */
function toFieldProblem(error: LoadwrightError): FieldProblem {
  const { code, message, hint } = error;
  const named = [...message.matchAll(/"([a-zA-Z]+)"/g)].map(([, name]) => name!);
  const options: readonly string[] = OPTION_NAMES;
  const about = named.find((name) => START_FIELDS.includes(name)) ?? named.find((name) => options.includes(name));
  const field = code === 'ERR_ORIGIN_REFUSED' ? 'host' : (about ?? 'load');
  return { field, message, ...(hint === undefined ? {} : { hint }) };
}
