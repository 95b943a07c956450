import type { ErrorRecord } from '../errors.js';
import type { SeriesStatistics } from '../metrics/statistics.js';
import type { Part } from '../metrics/tally.js';

/** How the definitions of a run are found: a bundled file, or a test that lives in this very process. */
export type ScriptReference = { type: 'file'; url: string } | { type: 'in-process'; id: number };

/** One kind of user, as a worker read it. */
export interface KindDescription {
  name: string;
  weight: number;
  fixedCount: number | undefined;
  host: string | undefined;
  tags: string[];
  /** Names of all tasks, nested ones as `outer > inner`; the position is the task's number on the beacon. */
  tasks: TaskDescription[];
}

export interface TaskDescription {
  name: string;
  weight: number;
  tags: string[];
  /** Share of its siblings' weights, 0 to 1. */
  share: number;
}

/** What a scenario file defines, as data. */
export interface ScenarioDescription {
  kinds: KindDescription[];
  /** The script's own values of options, by option name. */
  options: Record<string, unknown>;
}

/** How many users there are over time; starts are milliseconds since the run's start. */
export interface PlannedLoad {
  name: string;
  executor: 'plain';
  users: number;
  /** Users started a second. */
  spawnRate: number;
  /** When the last one may begin anything; absent: until stopped. */
  runTimeMs?: number;
  /** How long tasks in progress may go on after the end. */
  gracefulStopMs: number;
  /** Tasks a user runs before it ends; absent: no limit. */
  iterationsPerUser?: number;
}

export interface PlannedKind {
  name: string;
  weight: number;
  fixedCount: number | undefined;
  host: string | undefined;
}

export interface PlanRevision {
  revision: number;
  effectiveAtMs: number;
  loads: PlannedLoad[];
}

/** What is to be done, sent ahead of time to every share. */
export interface Plan {
  revisions: PlanRevision[];
  kinds: PlannedKind[];
  seed: number;
}

/** Which part of the plan is one worker's: the starts that fall on `index` of `count`. */
export interface Share {
  index: number;
  count: number;
}

export interface DnsSettings {
  ttlMs: number;
  select: 'first' | 'random' | 'roundRobin';
}

export interface HttpSettings {
  timeoutMs: number;
  connectTimeoutMs: number;
  headersTimeoutMs: number;
  maxRedirects: number;
  maxBodyBytes: number;
  connectionsPerUser: number;
  connectionReuse: 'user' | 'iteration' | 'none';
  insecure: boolean;
  /** PEM text of certificate authorities to trust besides the built-in ones. */
  ca: string | undefined;
  proxy: string | undefined;
  dns: DnsSettings;
}

export interface WorkerSettings {
  env: Record<string, string>;
  tags: string[];
  excludeTags: string[];
  http: HttpSettings;
  /** How long requests on the wire are waited for after the end. */
  drainTimeoutMs: number;
  /** `--debug`: print every exchange. */
  debug: boolean;
  /** Users run in this thread together with other code, so process-wide handlers stay as they are. */
  sharesThread: boolean;
}

export interface PrepareMessage {
  type: 'prepare';
  script: ScriptReference;
  share: Share;
  plan: Plan;
  settings: WorkerSettings;
  /** Two numbers shared with the conductor: kind and task whose code was given control last. See `beacon.ts`. */
  beacon: SharedArrayBuffer;
}

export type ToWorker =
  | { type: 'describe'; script: ScriptReference }
  | PrepareMessage
  | { type: 'start'; startAtMs: number }
  | { type: 'amend'; revision: PlanRevision }
  | { type: 'stop'; atMs: number; gracefulStopMs: number };

/** The state of one share at the end of an interval. */
export interface ShareGauges {
  /** Users at work, by kind. */
  users: Record<string, number>;
  /** Users that ever started. */
  usersStarted: number;
  inFlight: number;
  /** Age of the oldest request in flight, in ms; 0 without any. */
  oldestInFlightMs: number;
  /** Event-loop utilisation over the interval, 0 to 1. */
  eventLoopUtilisation: number;
}

/** What one share counted in one interval, and nothing else. */
export interface Snapshot {
  share: number;
  /** Second of the run: requests that finished in [interval, interval + 1). */
  interval: number;
  /** The share has ended; nothing follows. */
  isFinal: boolean;
  part: Part;
  gauges: ShareGauges;
}

export interface LogRecord {
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  /** `loadwright`, or the share that printed it. */
  source: string;
}

export type FromWorker =
  | { type: 'described'; description: ScenarioDescription }
  | { type: 'ready' }
  | { type: 'failed'; error: ErrorRecord }
  | { type: 'snapshot'; snapshot: Snapshot }
  | { type: 'log'; record: LogRecord }
  | { type: 'stop-requested'; reason: string; hasFailed: boolean };

/** Why a run ended before its plan did. */
export type StopCause =
  | { by: 'signal'; signal: 'SIGINT' | 'SIGTERM' | 'abort'; reason: string }
  | { by: 'script'; reason: string; hasFailed: boolean }
  | { by: 'lost-worker'; reason: string; hasFailed: true };

export interface RunStarted {
  type: 'run-started';
  /** Wall-clock time of second 0, ISO 8601. */
  startedAt: string;
  /** The scenario's file name, or `test` for one given as an object. */
  scenario: string;
  host: string | undefined;
  workers: number;
  plan: Plan;
  version: string;
}

/** One second of the run, merged over all shares. Plain data: safe to store, send and replay. */
export interface IntervalClosed {
  type: 'interval-closed';
  interval: number;
  part: Part;
  gauges: ShareGauges;
  /** Users the plan wants at the end of this interval. */
  plannedUsers: number;
  /** Shares that had not reported when the interval was closed; what they counted follows as `interval-amended`. */
  missingShares: number[];
}

/** What came too late for its interval: to be added to it. */
export interface IntervalAmended {
  type: 'interval-amended';
  interval: number;
  part: Part;
}

/** A share ended before its work was done; what it had counted up to its last snapshot stays. */
export interface WorkerLost {
  type: 'worker-lost';
  share: number;
  reason: string;
  /** Where its code was last seen, if its thread was blocked. */
  kind?: string;
  task?: string;
}

export interface WorkerSilent {
  type: 'worker-silent';
  share: number;
  seconds: number;
  kind?: string;
  task?: string;
}

export type RunEvent =
  | RunStarted
  | IntervalClosed
  | IntervalAmended
  /** The end of the ramp under `--reset-stats`: what finished before second `firstInterval` no longer counts. */
  | { type: 'statistics-reset'; firstInterval: number }
  | WorkerSilent
  | WorkerLost
  | { type: 'log'; record: LogRecord }
  | { type: 'warning'; code: string; message: string }
  | { type: 'run-stopping'; atMs: number; cause: StopCause | { by: 'plan' } }
  | { type: 'run-finished'; result: RunResult };

/** What every run ends with, however it ended. */
export interface ResultBase {
  scenario: string;
  host: string | undefined;
  startedAt: string;
  /** From second 0 to the instant after which nothing began. */
  durationMs: number;
  /** From the end instant until the last request was answered or given up. */
  drainMs: number;
  seed: number;
  workers: number;
  /** Users that ever started. */
  usersStarted: number;
  /** Every (method, name), sorted by name; times in ms. */
  requests: SeriesStatistics[];
  /** All requests together. */
  total: SeriesStatistics;
  part: Part;
  warnings: { code: string; message: string }[];
  lostWorkers: WorkerLost[];
  /** 0 fine, otherwise what the command line exits with. */
  exitCode: number;
}

/**
 * How a run ended. `completed`: the plan was carried out. `stopped`: it was ended early, in order, with full numbers.
 * `incomplete`: a worker was lost, so numbers are missing.
 */
export type RunResult =
  | (ResultBase & { state: 'completed' })
  | (ResultBase & { state: 'stopped'; stop: Exclude<StopCause, { by: 'lost-worker' }> })
  | (ResultBase & { state: 'incomplete' });
