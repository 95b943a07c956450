import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { LoadwrightError } from '../../errors.js';
import type { Threshold } from '../../metrics/thresholds.js';
import { nearestName } from '../../options/nearest-name.js';
import { definitionOf } from '../../options/option-table.js';
import { LAYER_ORDER, type OptionValues, type ResolvedOptions } from '../../options/resolved-options.js';
import type { HttpSettings } from '../http-settings.js';
import { largestValue } from '../load/line.js';
import type { Plan, PlannedKind, PlannedLoad } from '../plan.js';
import type { KindDescription, ScenarioDescription, WorkerSettings } from '../protocol.js';
import { planLoadMeasures } from './plan-load-measures.js';
import { planLoads, weighKinds } from './plan-loads.js';
import { planTasks } from './plan-tasks.js';
import { planThresholds } from './plan-thresholds.js';

/** Up to this many users, one worker thread has no trouble. */
const USERS_PER_WORKER = 250;

/** A run as work: what is to happen, over how many shares. */
export interface PlannedRun {
  plan: Plan;
  settings: WorkerSettings;
  thresholds: Threshold[];
  /** At once, over all loads. */
  mostUsers: number;
  /** Shares of the plan; each is a worker. */
  shares: number;
  /** The users run in this thread. */
  sharesThread: boolean;
}

/** Turns options and definitions into a plan. */
export function planRun(options: ResolvedOptions, description: ScenarioDescription, names: string[]): PlannedRun {
  const { values } = options;
  const picked = pickDescribed(description, names, values);
  const described = picked.map((kind) => planKind(kind, options, names.includes(kind.name)));
  const { loads: scenarioLoads, profiles } = description;
  const loads = planLoads({ options, loads: scenarioLoads, profiles, kinds: described });
  const kinds = weighKinds(described, loads);
  requireUsers(kinds);
  const { thresholds, measures: named } = planThresholds(options, description, loads);
  const keys = new Set(named.map(({ key }) => key));
  const measures = [...named, ...planLoadMeasures(loads, kinds).filter(({ key }) => !keys.has(key))];
  const plan: Plan = {
    kinds,
    seed: values.seed ?? randomInt(2 ** 32),
    revisions: [{ revision: 0, effectiveAtMs: 0, loads }],
    measures,
  };
  const mostUsers = loads.reduce((sum, load) => sum + countMost(load), 0);
  const sharesThread = values.workers === 0;
  // How many users a shape will want is not known.
  const hasShape = loads.some(({ executor }) => executor === 'shape');
  const wanted = countShares(values, hasShape ? Number.POSITIVE_INFINITY : mostUsers);
  const shares = Math.min(wanted, ...loads.map(countPlaces));
  return { plan, thresholds, mostUsers, shares, sharesThread, settings: planSettings(values, sharesThread) };
}

/** A share without a place in an open load's pool would drop all its starts. */
function countPlaces(load: PlannedLoad): number {
  return load.model === 'starts' ? Math.max(1, load.maxUsers) : Number.POSITIVE_INFINITY;
}

/** The most users a load can have at once. */
function countMost(load: PlannedLoad): number {
  return load.model === 'starts' ? load.maxUsers : Math.ceil(largestValue(load.line));
}

/** One worker per 250 users, but no more than cores, unless asked for a number. */
function countShares({ workers, debug }: OptionValues, users: number): number {
  if (debug) return 1;
  if (workers !== undefined) return Math.max(1, workers);
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(users / USERS_PER_WORKER)));
}

/**
 * `--host` is for all kinds; what a kind says itself comes before what the scenario or a config file says for
 * all. A kind of weight 0 runs only when it is picked by name, then like one of weight 1.
 */
function planKind(kind: KindDescription, { values, origins }: ResolvedOptions, isNamed: boolean): PlannedKind {
  const isOverridden = LAYER_ORDER.indexOf(origins.host.layer) > LAYER_ORDER.indexOf('script');
  const host = isOverridden || kind.host === undefined ? values.host : readHost(kind.name, kind.host);
  const weight = isNamed && kind.weight === 0 ? 1 : kind.weight;
  const taskTree = planTasks(kind.taskTree, values);
  return { name: kind.name, weight, fixedCount: kind.fixedCount, host, taskTree };
}

/** Unlike `--host` a kind's own may have a path, which then stands before that of each request. */
function readHost(name: string, host: string): string {
  if (URL.canParse(host) && /^https?:$/.test(new URL(host).protocol)) return host;
  const parsed = definitionOf('host').parse(host);
  const meant = parsed.isValid ? undefined : parsed.meant;
  throw new LoadwrightError('ERR_OPTION_INVALID', {
    message: `"host" of ${name} must be an http or https URL, but the scenario gave "${host}".`,
    ...(meant === undefined ? {} : { hint: `defineUser({ host: '${meant}', … })` }),
  });
}

function pickDescribed({ kinds }: ScenarioDescription, names: string[], values: OptionValues): KindDescription[] {
  for (const name of names) {
    if (kinds.some((kind) => kind.name === name)) continue;
    const known = kinds.map((kind) => kind.name);
    const nearest = nearestName(name, known);
    throw new LoadwrightError('ERR_OPTION_INVALID', {
      message: `The scenario has no user called "${name}"; it has ${known.join(', ')}.`,
      ...(nearest === undefined ? {} : { hint: nearest }),
    });
  }
  const picked = names.length === 0 ? kinds : kinds.filter(({ name }) => names.includes(name));
  for (const kind of picked) requireWeights(kind);
  const tagged = picked.filter((kind) => kind.tasks.some(({ tags }) => isWanted(tags, values)));
  if (tagged.length > 0) return tagged;
  const tags = [...new Set(picked.flatMap((kind) => kind.tasks.flatMap((task) => task.tags)))];
  throw new LoadwrightError('ERR_OPTION_INVALID', {
    message: 'No task is left after --tags and --exclude-tags.',
    hint: tags.length === 0 ? 'The scenario has no tags.' : `The scenario has the tags ${tags.join(', ')}.`,
  });
}

function isWanted(tags: readonly string[], values: OptionValues): boolean {
  if (values.excludeTags.some((tag) => tags.includes(tag))) return false;
  return values.tags.length === 0 || values.tags.some((tag) => tags.includes(tag));
}

/** A user that can choose nothing would end at once, and the run look fine. */
function requireWeights({ name, tasks }: KindDescription): void {
  if (tasks.some(({ share }) => share > 0)) return;
  throw new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `Every task of ${name} has weight 0.`,
    hint: 'Give at least one a weight above 0.',
  });
}

function requireUsers(kinds: readonly PlannedKind[]): void {
  if (kinds.some(({ weight, fixedCount }) => (fixedCount ?? weight) > 0)) return;
  throw new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `Every user of the scenario has weight 0: ${kinds.map(({ name }) => name).join(', ')}.`,
    hint: 'Give at least one a weight above 0.',
  });
}

function planSettings(values: OptionValues, sharesThread: boolean): WorkerSettings {
  return {
    env: values.env,
    tags: values.tags,
    excludeTags: values.excludeTags,
    drainTimeoutMs: values.drainTimeout,
    debug: values.debug,
    sharesThread,
    http: planHttp(values),
  };
}

function planHttp(values: OptionValues): HttpSettings {
  return {
    transport: values.transport,
    timeoutMs: values.timeout,
    connectTimeoutMs: values.connectTimeout,
    headersTimeoutMs: values.headersTimeout,
    maxRedirects: values.maxRedirects,
    maxBodyBytes: values.maxBodyBytes,
    connectionsPerUser: values.connectionsPerUser,
    connectionReuse: values.connectionReuse,
    insecure: values.insecure,
    ca: values.ca.length === 0 ? undefined : values.ca.map(readAuthority).join('\n'),
    proxy: values.proxy,
    localAddresses: values.localAddress,
    traceShare: values.trace,
    dns: { ttlMs: values.dnsTtl, select: values.dnsSelect },
    allowedHosts: values.allowedHosts,
    allowsAllHosts: values.yes,
  };
}

function readAuthority(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new LoadwrightError('ERR_OPTION_INVALID', {
      message: `"ca" names the file ${path}, but it cannot be read: ${(error as Error).message}.`,
    });
  }
}
