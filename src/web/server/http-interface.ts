import type { GeneratorHealth } from '../../metrics/generator-health.js';
import type { ThresholdVerdict } from '../../metrics/judge-thresholds.js';
import type { SeriesStatistics } from '../../metrics/statistics.js';
import type { CheckCounts } from '../../metrics/tally.js';
import type { ComparisonDocument } from '../../reporters/compare/comparison-document.js';

/** Where the process stands. `ready`: nothing has run yet. `ended`: a run has, and another one may be started. */
export type RunPhase = 'ready' | 'preparing' | 'running' | 'stopping' | 'ended';

/** Why something was refused, as every answer with a status of 400 or more has it. */
export interface HttpProblem {
  error: {
    /** A code of docs/errors.md, or one of docs/http-interface.md. */
    code: string;
    message: string;
    /** What to do instead. */
    hint?: string;
  };
  /** What is wrong with the fields of a start, each by its name. */
  fields?: FieldProblem[];
}

export interface FieldProblem {
  field: string;
  message: string;
  hint?: string;
}

/** A load of the run, and whether its users or its rate can be changed while it goes on. */
export interface LoadStatus {
  name: string;
  model: 'users' | 'starts';
  isEditable: boolean;
}

/** How the last run ended; `failed`: it never began. */
export type RunOutcome =
  | { state: 'completed' | 'stopped' | 'incomplete'; exitCode: number; text: string }
  | { state: 'failed'; exitCode: number; error: HttpProblem['error'] };

/** The run as it stands: the event `status`, and `status` of `GET /api/run`. */
export interface RunStatus {
  phase: RunPhase;
  /** Counts the runs of this process; 0 before the first one. */
  run: number;
  isPaused: boolean;
  /** The scenario's file. */
  scenario: string;
  host: string | null;
  /** Wall-clock time of second 0, ISO 8601. */
  startedAt: string | null;
  /** Seconds that are over. */
  seconds: number;
  users: number;
  plannedUsers: number;
  loads: LoadStatus[];
  /** Null before the first run has ended, and while one goes on. */
  outcome: RunOutcome | null;
  /** The run's folder, as `GET /api/results` names it; null where nothing is kept. */
  results: string | null;
  /** Of Loadwright. */
  version: string;
}

/** What the form for the next start is filled with: the options as they are resolved. Spans of time are text: `1m30s`. */
export interface StartForm {
  load: LoadChoice;
  host: string;
  users: number;
  spawnRate: number;
  runTime: string;
  iterations: number | null;
  profile: string;
  profiles: string[];
  /** `30s:100`, one for each stage. */
  stages: string[];
  kinds: FormKind[];
  /** What the scenario would do by itself, in words. */
  scenarioLoad: string;
}

export interface FormKind {
  name: string;
  /** Its weight, or its fixed number of users. */
  weight: number;
  isFixed: boolean;
  /** Whether it is among the kinds that were picked on the command line. */
  isPicked: boolean;
}

/**
 * Which load is meant: the one of the scenario or the command line with what is given beside it; a plain one of users in
 * its place; starts at a rate in its place; stages in its place; or a profile of the scenario.
 */
export type LoadChoice = 'scenario' | 'users' | 'rate' | 'stages' | 'profile';

/** The body of `POST /api/run`: what is left out stays as the command line and the scenario have it. */
export interface StartRequest {
  /** `stages`, `rate` or `profile` where that is given, and otherwise `scenario`. */
  load?: LoadChoice;
  host?: string;
  users?: number | string;
  /** Users started a second. */
  spawnRate?: number | string;
  /** `5m`, or seconds. */
  runTime?: number | string;
  iterations?: number | string;
  /** Iterations started a second, whether or not a user is free. */
  rate?: number | string;
  /** The most users that a rate may have; ten for each start a second if not given. */
  maxUsers?: number | string;
  profile?: string;
  /** `['30s:100', '5m:100']` or `[{ duration: '30s', target: 100 }]`. */
  stages?: readonly (string | { duration: string; target: number })[];
  /** Weight by kind, or number of users where its number is fixed; 0 leaves a kind out, and so does not naming it. */
  kinds?: Readonly<Record<string, number>>;
  stopTimeout?: number | string;
  tags?: readonly string[];
  excludeTags?: readonly string[];
  /** Servers that are not this machine and that the load may go to. */
  allowedHosts?: readonly string[];
}

/** The body of `POST /api/run/edit`. */
export interface EditRequest {
  /** Users of a closed load, */
  users?: number | string;
  /** so many a second; at once if not given. */
  spawnRate?: number | string;
  /** Or starts a second of an open load. */
  rate?: number | string;
  /** Which load, where there are several. */
  load?: string;
}

/** The answer of `GET /api/run`. */
export interface RunReport {
  status: RunStatus;
  form: StartForm;
  /** The last second that was closed; null before the first one. */
  second: SecondFrame | null;
}

/** The answer of `POST /api/plan`: the load over time, as it would be. */
export interface PlannedCurve {
  /** Highest values from `fromMs` on up to the next one. */
  points: { fromMs: number; users: number; startsPerSecond: number }[];
  lengthMs: number;
  /** It goes on until it is stopped. */
  isOpen: boolean;
  /** A function of the scenario decides, second by second. */
  hasShape: boolean;
  mostUsers: number;
  workers: number;
}

/** One name in one direction, without what is only needed at the end. Times in ms; null where nothing was measured. */
export interface FrameRow
  extends Pick<
    SeriesStatistics,
    | 'method'
    | 'name'
    | 'begun'
    | 'completed'
    | 'failures'
    | 'interrupted'
    | 'requestsPerSecond'
    | 'failuresPerSecond'
    | 'meanBytesReceived'
  > {
  meanMs: number | null;
  minMs: number | null;
  maxMs: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
}

/** One second of the run: the event `second`. Once a second, plain data, the same for every reader. */
export interface SecondFrame {
  run: number;
  /** [second, second + 1) of the run. */
  second: number;
  users: Record<string, number>;
  plannedUsers: number;
  inFlight: number;
  oldestInFlightMs: number;
  isPaused: boolean;
  /** What this second alone counted. */
  during: FrameRow & {
    iterations: number;
    droppedIterations: number;
    missedStarts: number;
    exceptions: number;
    bytesReceived: number;
    bytesSent: number;
    statuses: Record<string, number>;
  };
  /** All requests of the run so far. */
  total: FrameRow;
  /** All requests of the ten seconds that end with this one. */
  current: FrameRow;
  /** Every name, the run so far; absent in seconds in which many names would cost too much. */
  rows?: FrameRow[];
  /** Every name, the last ten seconds; beside `rows`. */
  currentRows?: FrameRow[];
  errors: FrameError[];
  exceptions: { count: number; message: string; traceback: string }[];
  checks: CheckCounts[];
  thresholds: ThresholdVerdict[];
  generator: GeneratorHealth;
  /** The run has ended, and these are the numbers of its result. */
  isFinal?: true;
}

export interface FrameError {
  method: string;
  name: string;
  error: string;
  count: number;
  firstSeenMs: number;
  lastSeenMs: number;
}

/** Another event of the run that a person is told: the event `notice`. */
export interface Notice {
  run: number;
  kind: 'log' | 'warning' | 'silent' | 'lost' | 'reset' | 'stopping';
  level: 'info' | 'warn' | 'error';
  message: string;
}

/** A run that is kept: one of `GET /api/results`. */
export interface KeptRun {
  /** Of its folder, and in addresses. */
  name: string;
  /** Wall-clock time of its second 0, ISO 8601; null where it cannot be read. */
  startedAt: string | null;
  scenario: string | null;
  host: string | null;
  /** Whether its recording has an end; a run that goes on, or was killed, has none. */
  isComplete: boolean;
  state: string | null;
  exitCode: number | null;
  durationMs: number | null;
  /** All requests. */
  completed: number | null;
  failures: number | null;
  /** What can be had of it: `GET /api/results/<name>/<form>`. */
  forms: string[];
}

/** The answer of `GET /api/results`: the latest first. */
export interface KeptRuns {
  runs: KeptRun[];
  /** There are more, before the last one: `GET /api/results?before=<its name>`. */
  hasMore: boolean;
}

/**
 * The answer of `GET /api/results/<candidate>/compare?baseline=<name>&tolerance=10`: what `loadwright compare --json`
 * writes; `path` of a run is its file below the results folder.
 */
export type RunComparison = ComparisonDocument;
