import type { ExecutorName } from './plan.js';

/** A part of a load that goes from where it is to `target` in `durationMs`: users, or starts per `timeUnitMs`. */
export interface DescribedStage {
  durationMs: number;
  target: number;
}

interface DescribedBase {
  /** Unique in the test; `default` for `load`. */
  name: string;
  executor: ExecutorName;
  /** Whether it is the test's one `load`, whose plain values are options of the run, or one of its `loads`. */
  source: 'load' | 'loads';
  /** The kind its users are of; absent: all kinds of the run. */
  user?: string;
  /** Since the run's start; absent: 0, or when `after` has ended. */
  startTimeMs?: number;
  after?: string;
  /** Absent: what the executor or the option `stopTimeout` says. */
  gracefulStopMs?: number;
  env: Record<string, string>;
  labels: Record<string, string>;
}

export interface DescribedPlain extends DescribedBase {
  executor: 'plain';
  users?: number;
  /** Users started a second. */
  spawnRate?: number;
  runTimeMs?: number;
}

export interface DescribedStages extends DescribedBase {
  executor: 'stages';
  startUsers: number;
  stages: DescribedStage[];
}

export interface DescribedConstantUsers extends DescribedBase {
  executor: 'constant-users';
  users: number;
  durationMs: number;
}

export interface DescribedRampingUsers extends DescribedBase {
  executor: 'ramping-users';
  startUsers: number;
  stages: DescribedStage[];
  gracefulRampDownMs: number;
}

export interface DescribedIterations extends DescribedBase {
  executor: 'shared-iterations' | 'per-user-iterations';
  users: number;
  /** In all, or for each user. */
  iterations: number;
  maxDurationMs: number;
}

export interface DescribedConstantRate extends DescribedBase {
  executor: 'constant-arrival-rate';
  /** Starts per `timeUnitMs`. */
  rate: number;
  timeUnitMs: number;
  durationMs: number;
  preAllocatedUsers: number;
  maxUsers: number;
}

export interface DescribedRampingRate extends DescribedBase {
  executor: 'ramping-arrival-rate';
  /** Starts per `timeUnitMs`, as are the targets of `stages`. */
  startRate: number;
  timeUnitMs: number;
  stages: DescribedStage[];
  preAllocatedUsers: number;
  maxUsers: number;
}

export interface DescribedShape extends DescribedBase {
  executor: 'shape';
  /** The function itself cannot leave the thread that read the scenario. */
  hasShape: true;
}

/** A load as the scenario gave it, checked and complete, as data that crosses threads; all durations in ms. */
export type LoadDescription =
  | DescribedPlain
  | DescribedStages
  | DescribedConstantUsers
  | DescribedRampingUsers
  | DescribedIterations
  | DescribedConstantRate
  | DescribedRampingRate
  | DescribedShape;
