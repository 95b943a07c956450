import { LoadwrightError } from '../../errors.js';
import type { MonitorUnit } from '../../metrics/monitors/monitor-sample.js';
import { requireKeys } from './require-keys.js';

export const MONITOR_BRAND: unique symbol = Symbol.for('loadwright.monitor') as never;

/** What every monitor may be given. */
export interface MonitorOptions {
  /** In reports; unique in a test. */
  name?: string;
}

/** Which processes to look at: one by its id, or those that listen on a port of this machine. */
export type ProcessTarget = { pid: number; port?: never } | { port: number; pid?: never };

/** A number that Prometheus has: a query of its server, or a metric of an exporter with another unit than it is taken for. */
export type PrometheusMetric = string | { query: string; unit?: MonitorUnit } | { metric: string; unit?: MonitorUnit };

/** What a monitor's own function is given. */
export interface MonitorContext {
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
}

export type MonitorFunction = (
  context: MonitorContext,
) => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;

export interface FunctionMonitorOptions {
  /** Units by the names of the numbers: `{ oldest_job: 'ms' }`. Without one a number is a count. */
  units?: Readonly<Record<string, MonitorUnit>>;
}

export type MonitorSource =
  | { kind: 'process'; target: ProcessTarget }
  | { kind: 'host' }
  | { kind: 'postgres'; url: string }
  | { kind: 'redis'; url: string }
  | { kind: 'prometheus'; url: string; metrics: Readonly<Record<string, PrometheusMetric>> }
  | { kind: 'function'; run: MonitorFunction; units: Readonly<Record<string, MonitorUnit>> };

/** What a monitor looks at: frozen plain data; nothing runs before the load does. */
export interface Monitor {
  readonly name: string;
  readonly source: MonitorSource;
  readonly [MONITOR_BRAND]: true;
}

const UNITS: readonly MonitorUnit[] = ['percent', 'share', 'count', 'bytes', 'ms', 'per second', 'bytes per second'];
/** What `monitors` of a test takes: a function is `monitor(function.name, function)`. */
export type MonitorOrFunction = Monitor | MonitorFunction;

const LIST_EXAMPLE = 'defineTest({ users, monitors: [hostMonitor()] })';

/**
 * Looks at a process of this machine each second of the load: CPU in percent of one core, memory, open files, threads.
 * Processes that it has started are counted with it.
 *
 * What people get wrong: a port leads to the process that listens on it here. Of a target in a container that is the
 * proxy of the container engine; give the `pid` of the process instead. Only Linux tells these numbers.
 *
 * @param target `{ port: 8000 }` or `{ pid: 4711 }`
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` for what is neither
 * @example
 * ```ts
 * import { defineTest, defineUser, hostMonitor, processMonitor } from 'loadwright';
 * const Visitor = defineUser({ tasks: { home: async ({ http }) => { await http.get('/'); } } });
 * export default defineTest({ users: { Visitor }, monitors: [processMonitor({ port: 8000 }), hostMonitor()] });
 * ```
 */
export function processMonitor(target: ProcessTarget, options: MonitorOptions = {}): Monitor {
  const where = 'processMonitor';
  const given = target as { pid?: unknown; port?: unknown } | undefined;
  const [key, number] = given?.pid === undefined ? ['port', given?.port] : ['pid', given.pid];
  const isOne = (given?.pid === undefined) !== (given?.port === undefined);
  const highest = key === 'port' ? 65_535 : Number.MAX_SAFE_INTEGER;
  if (!isOne || !Number.isInteger(number) || Number(number) < 1 || Number(number) > highest) {
    throw invalid(
      `${where} needs a pid or a port, but the scenario gave ${show(target)}.`,
      'processMonitor({ port: 8000 })',
    );
  }
  return create(`process ${key} ${String(number)}`, { kind: 'process', target: Object.freeze({ ...target }) }, options);
}

/** Looks at the machine that Loadwright runs on: CPU of all its cores, memory, load, network. */
export function hostMonitor(options: MonitorOptions = {}): Monitor {
  return create('host', { kind: 'host' }, options);
}

/**
 * Asks a PostgreSQL database each second for its connections, lock waits, commits, rollbacks, share of reads from its
 * cache and deadlocks, and at the end for the slowest statements, where it has `pg_stat_statements`.
 *
 * What people get wrong: it needs the package `pg` in the scenario's project, and a user that may see the activity of
 * others (`GRANT pg_monitor TO …`). Its own connection is not counted.
 *
 * @param url `postgres://user:password@host:5432/database`; its password is in no report
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` for what is no such URL
 */
export function postgresMonitor(url: string, options: MonitorOptions = {}): Monitor {
  requireUrl('postgresMonitor', url, ['postgres', 'postgresql']);
  return create('postgres', { kind: 'postgres', url }, options);
}

/**
 * Asks a Redis server each second for its memory, clients, operations, evictions and share of hits. It needs the package
 * `ioredis` in the scenario's project.
 *
 * @param url `redis://:password@host:6379`; its password is in no report
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` for what is no such URL
 */
export function redisMonitor(url: string, options: MonitorOptions = {}): Monitor {
  requireUrl('redisMonitor', url, ['redis', 'rediss']);
  return create('redis', { kind: 'redis', url }, options);
}

/**
 * Reads numbers of Prometheus each second. With a metric (`http_requests_total{code="200"}`) `url` is an exporter's page
 * (`http://host:9090/metrics`): all series that fit are summed, and of a counter it is how much it grew a second. With
 * `{ query }` it is the address of a Prometheus server, and the query is PromQL.
 *
 * @param metrics by the names that reports show
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` for what is no such URL, without metrics, or with both kinds of them
 */
export function prometheusMonitor(
  url: string,
  metrics: Readonly<Record<string, PrometheusMetric>>,
  options: MonitorOptions = {},
): Monitor {
  const where = 'prometheusMonitor';
  const hint = `prometheusMonitor('http://127.0.0.1:9100/metrics', { requests: 'http_requests_total' })`;
  requireUrl(where, url, ['http', 'https']);
  const all = typeof metrics === 'object' && metrics !== null ? Object.entries(metrics) : [];
  if (all.length === 0)
    throw invalid(`${where} needs at least one metric, but the scenario gave ${show(metrics)}.`, hint);
  for (const [name, metric] of all) requireMetric(name, metric, hint);
  const queries = all.filter(([, metric]) => typeof metric === 'object' && 'query' in metric);
  if (queries.length > 0 && queries.length < all.length) {
    throw invalid(
      `${where} was given both queries and metrics, which are of different addresses.`,
      'Make two monitors: one for the server with { query }, one for the page of metrics.',
    );
  }
  const frozen = Object.fromEntries(all.map(([name, metric]) => [name, freezeCopy(metric)]));
  return create('prometheus', { kind: 'prometheus', url, metrics: Object.freeze(frozen) }, options);
}

/**
 * Calls a function each second of the load for numbers of any kind. It runs in the thread of `setup` and `verify`.
 *
 * What people get wrong: a function that blocks (no `await`, a long loop) holds up all monitors. One that throws or does
 * not answer within 900 ms is left out for that second and called again in the next; the run goes on.
 *
 * @param name in reports
 * @param run returns numbers by name: `async ({ signal }) => ({ queue_length: 3 })`
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` without a name, a function, or with a unit that does not exist
 * @example
 * ```ts
 * import { defineTest, defineUser, monitor } from 'loadwright';
 * const Visitor = defineUser({ tasks: { home: async ({ http }) => { await http.get('/'); } } });
 * const jobs = monitor('jobs', async ({ signal }) => {
 *   const response = await fetch('http://127.0.0.1:8000/jobs', { signal });
 *   return { waiting: ((await response.json()) as { waiting: number }).waiting };
 * });
 * export default defineTest({ users: { Visitor }, monitors: [jobs] });
 * ```
 */
export function monitor(name: string, run: MonitorFunction, options: FunctionMonitorOptions = {}): Monitor {
  if (typeof run !== 'function') {
    throw invalid(
      `monitor(${show(name)}) needs a function that returns numbers, but the scenario gave ${show(run)}.`,
      "monitor('jobs', async ({ signal }) => ({ waiting: 3 }))",
    );
  }
  requireKeys('monitor', options, { known: ['units'] });
  for (const unit of Object.values(options.units ?? {})) requireUnit(`monitor(${show(name)})`, unit);
  return create(name, { kind: 'function', run, units: Object.freeze({ ...options.units }) }, { name });
}

/**
 * The monitors of a test.
 *
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` for what is no list of monitors, or two of the same name
 */
export function listMonitors(given: unknown): Monitor[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw invalid('"monitors" of defineTest must be a list of monitors.', LIST_EXAMPLE);
  const names = new Set<string>();
  return given.map((item: unknown, index) => {
    const one = typeof item === 'function' ? monitorOfFunction(item as MonitorFunction, index) : item;
    if (!isMonitor(one)) throw invalid(`"monitors[${index}]" is not a monitor, but ${show(one)}.`, LIST_EXAMPLE);
    if (names.has(one.name)) {
      throw invalid(
        `Two monitors are called "${one.name}": reports could not tell them apart.`,
        one.source.kind === 'function'
          ? `monitor('${one.name} 2', …)`
          : `Give one of them a name: { name: '${one.name} 2' }`,
      );
    }
    names.add(one.name);
    return one;
  });
}

function monitorOfFunction(run: MonitorFunction, index: number): Monitor {
  if (run.name !== '') return monitor(run.name, run);
  throw invalid(
    `"monitors[${index}]" is a function without a name, which reports would need.`,
    "monitor('jobs', async ({ signal }) => ({ waiting: 3 }))",
  );
}

function isMonitor(value: unknown): value is Monitor {
  return typeof value === 'object' && value !== null && MONITOR_BRAND in value;
}

function create(ownName: string, source: MonitorSource, options: MonitorOptions): Monitor {
  requireKeys('a monitor', options, { known: ['name'] });
  const { name = ownName } = options;
  if (typeof name !== 'string' || name.trim() === '') {
    throw invalid(`The name of a monitor must be a text, but the scenario gave ${show(name)}.`, "{ name: 'database' }");
  }
  return Object.freeze({ name, source: Object.freeze(source), [MONITOR_BRAND]: true as const });
}

function requireMetric(name: string, metric: unknown, hint: string): void {
  const given = metric as { query?: unknown; metric?: unknown; unit?: unknown } | null | undefined;
  const text = typeof metric === 'string' ? metric : (given?.query ?? given?.metric);
  if (typeof text !== 'string' || text.trim() === '') {
    throw invalid(`"${name}" of prometheusMonitor must name a metric, but the scenario gave ${show(metric)}.`, hint);
  }
  if (typeof metric !== 'string' && given?.unit !== undefined)
    requireUnit(`"${name}" of prometheusMonitor`, given.unit);
}

function requireUnit(where: string, unit: unknown): void {
  if (UNITS.includes(unit as MonitorUnit)) return;
  throw invalid(`${where} has no unit ${show(unit)}.`, `Units are: ${UNITS.join(', ')}.`);
}

/** Says nothing of what is in it: it may hold a password. */
function requireUrl(where: string, url: unknown, protocols: readonly string[]): void {
  const example = `${where}('${protocols[0]}://127.0.0.1…')`;
  if (typeof url !== 'string' || url === '') {
    throw invalid(
      `${where} needs a URL, but the scenario gave ${show(url)}.`,
      `${example}   or set the variable it comes from`,
    );
  }
  const protocol = URL.canParse(url) ? new URL(url).protocol.slice(0, -1) : undefined;
  if (protocol !== undefined && protocols.includes(protocol)) return;
  throw invalid(
    `${where} needs a URL that begins with ${protocols[0]}://, and the scenario gave another one.`,
    example,
  );
}

function freezeCopy(metric: PrometheusMetric): PrometheusMetric {
  return typeof metric === 'string' ? metric : Object.freeze({ ...metric });
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function invalid(message: string, hint: string): LoadwrightError {
  return new LoadwrightError('ERR_SCENARIO_INVALID', { message, hint });
}
