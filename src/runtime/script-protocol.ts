import type { ErrorRecord } from '../errors.js';
import type { SeriesCounts } from '../metrics/aggregate.js';
import type { MonitorKind, MonitorReadings } from '../metrics/monitors/monitor-sample.js';
import type { HttpSettings } from './http-settings.js';
import type { LogRecord, RunResult, ScriptReference } from './protocol.js';

/** When scenario code runs that belongs to no user. */
export type ScriptPhase = 'setup' | 'verify' | 'teardown';

/** What a shape wants at one second: users (all at once without a `spawnRate`), starts a second, or the end. */
export type ShapePoint = { users: number; spawnRate?: number } | { rate: number } | null;

export interface ScriptSettings {
  http: HttpSettings;
  env: Record<string, string>;
}

/** Which scenario, and what its code outside the load works with. */
export interface ScriptAssignment {
  script: ScriptReference;
  /** The run's host; absent: only whole URLs can be asked for. */
  host: string | undefined;
  /** The chosen profile: the first place to look for a shape. */
  profile?: string;
  settings: ScriptSettings;
  seed: number;
}

/** What of a scenario belongs to no user. */
export interface ScriptContents {
  /** Setups in the order in which they run, and how long each may take, its teardown again. */
  setups: { name: string; timeoutMs: number }[];
  /** How long `verify` may take; absent if there is none. */
  verifyTimeoutMs: number | undefined;
  monitors: { name: string; kind: MonitorKind }[];
}

/** Asks all monitors at once. */
export interface SampleRequest {
  /** The second that has just ended; -1: before the first user. */
  interval: number;
  /** What has not answered by then has failed. */
  limitMs: number;
  /** What is only asked at the end is asked too. */
  isLast: boolean;
  /** They were asked just before: nothing else is. */
  isBrief: boolean;
}

export type ScriptCall =
  | ({ type: 'load' } & ScriptAssignment)
  | { type: 'setup' }
  /** Seconds of the load's own time, both ends included. */
  | { type: 'shape'; load: string; from: number; to: number }
  | { type: 'verify'; result: RunResult }
  | { type: 'teardown' };

export interface ScriptAnswers {
  load: ScriptContents;
  setup: { data: Record<string, unknown> };
  shape: { points: ShapePoint[] };
  verify: { failures: string[] };
  teardown: undefined;
}

export type ToScriptWorker =
  | (ScriptCall & { id: number })
  /** What is running rejects its pending calls and ends. What is asked for later runs as ever. */
  | { type: 'abort' }
  | ({ type: 'sample-monitors' } & SampleRequest)
  | { type: 'end' };

export type FromScriptWorker =
  | { type: 'answered'; id: number; answer: ScriptAnswers[keyof ScriptAnswers] }
  | { type: 'failed'; id: number; error: ErrorRecord }
  /** Whose code is given control, and for how long at most: `setup "catalogue"`. */
  | { type: 'began'; what: string; timeoutMs?: number }
  /** Everything that the phase has requested so far; instants are ms since the phase began. Comes before its answer. */
  | { type: 'counted'; phase: ScriptPhase; series: SeriesCounts[] }
  | ({ type: 'monitored' } & MonitorReadings)
  | { type: 'log'; record: LogRecord };
