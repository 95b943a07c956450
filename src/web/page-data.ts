import type { Bottleneck } from '../metrics/bottlenecks/rule-table.js';
import type { GeneratorSummary } from '../metrics/generator-health.js';
import type { LogBins } from '../metrics/log-bins.js';
import type { SlowStatement } from '../metrics/monitors/monitor-sample.js';
import type { SeriesStatistics } from '../metrics/statistics.js';
import type { CheckCounts, ExceptionCounts } from '../metrics/tally.js';
import type { KindRatio } from '../metrics/task-ratio.js';
import type { TimeStatistics } from '../metrics/time-statistics.js';
import type { OptionRecord } from '../options/describe-options.js';
import type { MonitorColumnsData } from '../reporters/history/monitor-columns.js';
import type { Machine, WorkerLost } from '../runtime/protocol.js';

/** A value for each column; null where nothing was measured. */
export type Values = (number | null)[];

/** Everything the page shows of a run, saved or live. Plain data: times in ms unless a name says otherwise. */
export interface PageData {
  run: PageRun;
  verdict: PageVerdict;
  thresholds: PageThreshold[];
  /** Up to how many users the target kept to its criteria, in sentences. */
  finding: string[];
  /** What held it up, the gravest first. */
  bottlenecks: Bottleneck[];
  /** What `verify` found wrong; absent if the scenario has none. */
  verifyFailures?: string[];
  /** Where the load was not what it was meant to be, and what was counted apart, in sentences. */
  notes: string[];
  columns: RunColumns;
  heatmap: Heatmap;
  names: NameColumnsData;
  /** What monitors told over time; its columns are its own. */
  monitors: MonitorColumnsData;
  /** Of the monitors that failed, or that know which statements were slow. */
  monitorNotes: PageMonitorNote[];
  marks: Mark[];
  total: PageRow;
  rows: PageRow[];
  /** How often each task of each kind was to begin, and did; empty where it was not counted. */
  taskRatios: KindRatio[];
  checks: CheckCounts[];
  groups: PageTrend[];
  metrics: PageMetric[];
  exceptions: ExceptionCounts[];
  lostWorkers: Omit<WorkerLost, 'type'>[];
  generator: PageGenerator;
  warnings: { code: string; message: string }[];
  log: PageLog;
  environment: PageEnvironment;
}

export interface PageRun {
  scenario: string;
  host: string | undefined;
  /** Wall-clock time of second 0, ISO 8601. */
  startedAt: string;
  /** From second 0 to the instant after which nothing began; so far, while it goes on. */
  durationMs: number;
  drainMs: number;
  /** What was to be done, in words. */
  load: string;
  /** Where users ran, in words. */
  workers: string;
  seed: number;
  version: string;
  usersStarted: number;
  mostUsers: number;
  iterations: number;
  meanIterationMs: number | undefined;
  /** Some iterations start at a rate, whether or not a user is free. */
  hasOpenLoads: boolean;
  /** The second from which on everything counts: 0 without `--reset-stats`. */
  countedFromSecond: number;
}

export interface PageMonitorNote {
  monitor: string;
  /** How often it failed and why first, as a sentence; absent where it did not. */
  failure?: string;
  /** The slowest first; most monitors have none. */
  statements: readonly SlowStatement[];
}

export interface PageVerdict {
  state: 'running' | 'passed' | 'failed' | 'incomplete';
  /** How it ended, what went wrong, and what the command exits with. */
  text: string;
}

export interface PageThreshold {
  state: 'passed' | 'failed' | 'pending';
  /** Metric and bound. */
  text: string;
  /** What was measured. */
  value: string;
  /** When it was worst; may be empty. */
  note: string;
}

/** The run over time, all names together; every list has one value a column. */
export interface RunColumns {
  /** Where each column begins, and how many seconds of the run it holds: the last one may be short. */
  second: number[];
  seconds: number[];
  completed: number[];
  failures: number[];
  p50: Values;
  p90: Values;
  p95: Values;
  p99: Values;
  max: Values;
  /** Service times; absent where they are the response times throughout. */
  serviceP50?: Values;
  serviceP95?: Values;
  users: number[];
  plannedUsers: number[];
  inFlight: Values;
  oldestInFlightMs: number[];
  startLagP50: Values;
  startLagP99: Values;
  startLagMax: Values;
  iterations: number[];
  droppedIterations: number[];
  missedStarts: number[];
  exceptions: number[];
  bytesReceived: number[];
  bytesSent: number[];
  /** 0 to 1. */
  utilisation: number[];
  addedLatencyMs: number[];
  /** 0 healthy, 1 strained, 2 saturated. */
  generator: number[];
  /** 1 where the plan's clock stood still. */
  isPaused: number[];
  /** Answers by status, 0 being none; the most frequent first. */
  statuses: { status: string; counts: number[] }[];
}

/** Response times over time: how many in each bin of each column. Without bins where nothing was measured. */
export interface Heatmap {
  bins?: LogBins;
  /** For each column: bin, count, bin, count, … */
  columns: number[][];
}

/** Every name over time, in the order of the rows, and in wider columns where there are many. */
export interface NameColumnsData {
  second: number[];
  seconds: number[];
  names: NameSeries[];
}

export interface NameSeries {
  completed: number[];
  failures: number[];
  p50: Values;
  p95: Values;
  p99: Values;
}

/** Something that happened at an instant. */
export interface Mark {
  second: number;
  text: string;
  kind: 'notice' | 'bad';
}

/** A row of the statistics, and how its response times are distributed. */
export interface PageRow extends SeriesStatistics {
  distribution?: Distribution;
}

export interface Distribution {
  bins: LogBins;
  counts: number[];
}

export interface PageTrend extends TimeStatistics {
  name: string;
  count: number;
}

/** What a scenario measured itself, or one combination of labels of it. */
export interface PageMetric {
  metric: string;
  /** `{outcome:told}`; empty for the metric as a whole. */
  labels: string;
  type: 'counter' | 'rate' | 'gauge' | 'trend';
  count: number;
  figures: { label: string; text: string }[];
}

export interface PageGenerator extends GeneratorSummary {
  /** How it did, by what the words are about. */
  facts: { label: string; text: string }[];
  /** What that means for the run's times; absent if it kept up. */
  notWell?: string;
}

/** The last lines of the log. */
export interface PageLog {
  /** The number of the first of them, counted from 0: as many are left out before it. */
  first: number;
  lines: PageLogLine[];
}

export interface PageLogLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  /** `loadwright`, or the worker that printed it. */
  source: string;
  message: string;
}

export interface PageEnvironment {
  options: ({ name: string } & Pick<OptionRecord, 'text' | 'layer' | 'origin'>)[];
  machine: Machine;
  version: string;
  /** Kinds of users with how they were picked. */
  kinds: { name: string; picked: string; host: string | undefined }[];
  loads: { name: string; text: string }[];
}
