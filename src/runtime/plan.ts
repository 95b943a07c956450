import type { MeasureSelector } from '../metrics/measure-selector.js';

/**
 * A straight piece of a load's line, over [fromMs, toMs) of the load's own time: users, or starts a second. Pieces follow
 * each other without a gap; where one begins at another value than the last one ended at, the line jumps. Behind the last
 * piece the line stays at its end.
 */
export interface LinePiece {
  fromMs: number;
  toMs: number;
  from: number;
  to: number;
}

/** The load model's name, as the scenario or the command line gave it. */
export type ExecutorName =
  | 'plain'
  | 'stages'
  | 'constant-users'
  | 'ramping-users'
  | 'shared-iterations'
  | 'per-user-iterations'
  | 'constant-arrival-rate'
  | 'ramping-arrival-rate'
  | 'shape';

interface LoadBase {
  /** Unique in the plan; `default` for the only one. */
  name: string;
  executor: ExecutorName;
  /** When it begins, in ms since the run's start. Absent: when the load `after` has ended. */
  startAtMs?: number;
  after?: string;
  /** Positions in `Plan.kinds` of the kinds its users are of. */
  kinds: number[];
  /** The instant of its own time at which nothing begins any more; absent: until stopped. */
  endMs?: number;
  /** How long tasks in progress may go on after that. */
  gracefulStopMs: number;
  /** Added to the run's `env` for its users. */
  env: Record<string, string>;
  /** Annotate its numbers. */
  labels: Record<string, string>;
}

/** Closed: users loop over their tasks and waits; the line says how many there are. User slots count from 0. */
export interface UsersLoad extends LoadBase {
  model: 'users';
  line: LinePiece[];
  /** How many users a falling line between two whole numbers is: `floor`, or `ceiling` as k6's ramping-vus. */
  falling: 'floor' | 'ceiling';
  /** How long a user that the line takes away may go on with its task. */
  gracefulRampDownMs: number;
  /** A limit of tasks: for each user, or for all together, shared out over the shares by striping. */
  iterations?: { of: 'user' | 'load'; count: number };
}

/** Open: the k-th start comes at inf { t : A(t) > k }, A being the area under the line (starts a second). */
export interface StartsLoad extends LoadBase {
  model: 'starts';
  line: LinePiece[];
  /** Users that are there, `onStart` done, before the run's second 0. */
  preAllocatedUsers: number;
  /** A start without a free user, when there are as many as this, is dropped. */
  maxUsers: number;
}

export type PlannedLoad = UsersLoad | StartsLoad;

/** A task of a kind, or a set or sequence of them, as often as it is wanted. */
export interface PlannedTask {
  /** Nested ones as `outer > inner`; the whole of a kind's tasks has none. */
  name: string;
  type: 'task' | 'set' | 'sequence';
  /** In a set: its share of the choices, 0 to 1. In a sequence: how often it comes in a round. */
  share: number;
  /** Of a set or a sequence, without what tags left out. */
  tasks?: PlannedTask[];
}

export interface PlannedKind {
  name: string;
  weight: number;
  fixedCount: number | undefined;
  host: string | undefined;
  /** Absent in recordings of earlier versions. */
  taskTree?: PlannedTask;
}

/** A state of the plan from `effectiveAtMs` (of the plan's clock) on. A later revision replaces loads of the same name. */
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
  /** Measures that a threshold, an abort rule or a metric's `by` named: nothing else is aggregated by label. */
  measures: MeasureSelector[];
}

/** Which part of the plan is one worker's: the starts that fall on `index` of `count`. */
export interface Share {
  index: number;
  count: number;
}
