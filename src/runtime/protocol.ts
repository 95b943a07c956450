import type { ErrorRecord } from '../errors.js';
import type { Bottleneck } from '../metrics/bottlenecks/rule-table.js';
import type { LimitFinding } from '../metrics/find-limit.js';
import type { GeneratorHealth, GeneratorSummary, ShareHealth } from '../metrics/generator-health.js';
import type { ThresholdVerdict } from '../metrics/judge-thresholds.js';
import type { CustomMetric } from '../metrics/metric-table.js';
import type { MonitorReadings } from '../metrics/monitors/monitor-sample.js';
import type { MonitorSummary } from '../metrics/monitors/monitor-totals.js';
import type { SeriesStatistics } from '../metrics/statistics.js';
import type { Part } from '../metrics/tally.js';
import type { KindRatio } from '../metrics/task-ratio.js';
import type { ThresholdsInput } from '../metrics/thresholds.js';
import type { OptionRecord } from '../options/describe-options.js';
import type { DataTable, FeederFile } from './data-table.js';
import type { HttpSettings } from './http-settings.js';
import type { LoadDescription } from './load-description.js';
import type { Plan, PlanRevision, Share } from './plan.js';

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
  /** The same as a tree. */
  taskTree: DescribedTask;
}

/** A task, or a set or sequence of them, as it was written; the whole of a kind's tasks has no name. */
export interface DescribedTask {
  name: string;
  type: 'task' | 'set' | 'sequence';
  weight: number;
  tags: string[];
  /** Of a set or a sequence. */
  children?: DescribedTask[];
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
  loads: LoadDescription[];
  profiles: Record<string, LoadDescription[]>;
  thresholds: ThresholdsInput;
  /** The scenario's own metrics. */
  metrics: CustomMetric[];
  /** Files that feeders read. */
  files: FeederFile[];
  /** There is something that belongs to no user: setups, `verify`, monitors. */
  hasHooks: boolean;
  labelKeys: string[];
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
  /** What the setups returned, by their names in the test. */
  data?: Record<string, unknown>;
  /** Two numbers shared with the conductor: kind and task whose code was given control last. See `beacon.ts`. */
  beacon: SharedArrayBuffer;
  /** Rows of data files, by the number of their feeder. */
  tables?: ReadonlyMap<number, DataTable>;
}

export type ToWorker =
  | { type: 'describe'; script: ScriptReference }
  | PrepareMessage
  | { type: 'start'; startAtMs: number }
  | { type: 'amend'; revision: PlanRevision }
  /** The plan's clock stops, and goes on; tasks in progress finish. */
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'stop'; atMs: number; gracefulStopMs: number };

/** The state of one share at the end of an interval. */
export interface ShareGauges {
  /** Users at work, by kind. */
  users: Record<string, number>;
  /** The same users, by load and kind. */
  usersByLoad: Record<string, Record<string, number>>;
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
  health: ShareHealth;
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
  /** Everything this share has to do of a load is done. Only when all loads of all shares are, they are told to stop. */
  | { type: 'load-ended'; load: string; revision: number }
  | { type: 'failed'; error: ErrorRecord }
  | { type: 'snapshot'; snapshot: Snapshot }
  | { type: 'log'; record: LogRecord }
  | { type: 'stop-requested'; reason: string; hasFailed: boolean };

/** Why a run ended before its plan did. */
export type StopCause =
  | { by: 'signal'; signal: 'SIGINT' | 'SIGTERM' | 'abort'; reason: string }
  | { by: 'script'; reason: string; hasFailed: boolean }
  /** A threshold with `abortOnFail`, or a rule of `--abort-on`. */
  | { by: 'threshold'; reason: string; hasFailed: true }
  | { by: 'lost-worker'; reason: string; hasFailed: true };

/** Where a run was driven from. */
export interface Machine {
  /** As the operating system names it: `linux`, `darwin`, `win32`. */
  platform: string;
  /** Of the operating system. */
  release: string;
  architecture: string;
  cpuModel: string;
  /** Processors this process may use. */
  cores: number;
  memoryBytes: number;
  /** Version of Node.js: `v20.19.0`. */
  node: string;
}

export interface RunStarted {
  type: 'run-started';
  /** Wall-clock time of second 0, ISO 8601. */
  startedAt: string;
  /** The scenario's file name, or `test` for one given as an object. */
  scenario: string;
  host: string | undefined;
  workers: number;
  plan: Plan;
  /** Every option with where its value came from, secrets removed. */
  options: Record<string, OptionRecord>;
  machine: Machine;
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
  /** The plan's clock stood still at some time in it. */
  isPaused: boolean;
  /** How each threshold stands after it. */
  thresholds: ThresholdVerdict[];
  /** Whether Loadwright itself kept up in it. */
  generator: GeneratorHealth;
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
  /**
   * What finished before second `firstInterval` no longer counts: the end of the ramp under `--reset-stats`, or, with
   * `isAsked`, somebody wanted it so.
   */
  | { type: 'statistics-reset'; firstInterval: number; isAsked?: true }
  /** What the scenario's monitors measured in a second; about a second after it began, and in no order with the intervals. */
  | ({ type: 'monitors-sampled' } & MonitorReadings)
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
  /** How each threshold was kept, and each abort rule that applied. */
  thresholds: ThresholdVerdict[];
  /** Whether Loadwright itself kept up. */
  generator: GeneratorSummary;
  /** Up to how many users the target kept to its criteria; absent where the load did not rise. */
  finding?: LimitFinding;
  /** How often each task of each kind was to begin, and did; absent only in recordings of earlier versions. */
  taskRatios?: KindRatio[];
  /** What held the target up, the gravest first, five at most; absent only in recordings of earlier versions. */
  bottlenecks?: Bottleneck[];
  /** What `verify` found wrong; absent if the scenario has no `verify`. */
  verifyFailures?: string[];
  /** What the scenario's monitors measured; absent if it has none. */
  monitors?: MonitorSummary[];
  /** Requests of setup, verify and teardown, which are in none of the load's numbers. */
  outside: SeriesStatistics[];
  /** 0 fine, otherwise what the command line exits with. */
  exitCode: number;
}

/**
 * How a run ended. `completed`: the plan was carried out. `stopped`: it was ended early, in order, with full numbers.
 * `incomplete`: numbers are missing, because a worker was lost or the recording of a killed run ends before it did.
 */
export type RunResult =
  | (ResultBase & { state: 'completed' })
  | (ResultBase & { state: 'stopped'; stop: Exclude<StopCause, { by: 'lost-worker' }> })
  | (ResultBase & { state: 'incomplete' });
