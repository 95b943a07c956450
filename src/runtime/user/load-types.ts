import type { Duration } from './define-test.js';

/** How many users, started how fast, for how long. */
export interface PlainLoad {
  /** Users at the end of the ramp; 1 if not given. */
  users?: number;
  /** Users started a second; 1 if not given, fractions allowed. */
  spawnRate?: number;
  /** From the first start, ramp included; until stopped if not given. */
  runTime?: Duration;
  /** How long tasks in progress may go on after the end; 0 if not given. */
  stopTimeout?: Duration;
}

/** A part of a load: from where the load is to `target`, in a straight line. */
export interface Stage {
  /** How long the way takes; `0s` jumps. */
  duration: Duration;
  /** Users, or starts per `timeUnit`, at its end; 0 or more. */
  target: number;
}

/** Users that come and go along straight lines. */
export interface StagesLoad {
  /** Users at the beginning; 0 if not given. */
  startUsers?: number;
  /** In order; the load ends with the last one. */
  stages: readonly Stage[];
  /** How long a task in progress may go on after the end, and of a user that the line takes away; 0 if not given. */
  stopTimeout?: Duration;
}

/** What a shape wants: users, started `spawnRate` a second (at once if not given), or `rate` iterations a second. */
export type ShapeTarget = { users: number; spawnRate?: number } | { rate: number };

/** Asked every second; `null` ends the load. The first answer decides between users and a rate. */
export type LoadShape = (secondsSinceStart: number) => ShapeTarget | null;

/** A load that a function decides as the run goes. It is called outside of the threads of users. */
export interface ShapeLoad {
  shape: LoadShape;
  /** How long tasks in progress may go on after the end; 0 if not given. */
  stopTimeout?: Duration;
}

/** As many users from beginning to end. */
export interface ConstantUsersLoad {
  executor: 'constant-users';
  /** All of them start at second 0; 1 if not given. */
  users?: number;
  duration: Duration;
}

/** Users along straight lines; a falling line lets a user go only when it has passed it. */
export interface RampingUsersLoad {
  executor: 'ramping-users';
  /** Users at the beginning; 1 if not given. */
  startUsers?: number;
  stages: readonly Stage[];
  /** How long a user that the line takes away may go on with its task; 30 s if not given. */
  gracefulRampDown?: Duration;
}

/** A number of iterations in all, taken by whichever user is free. */
export interface SharedIterationsLoad {
  executor: 'shared-iterations';
  /** 1 if not given. */
  users?: number;
  /** In all; 1 if not given. */
  iterations?: number;
  /** What has not begun by then is dropped and counted; 10 minutes if not given. */
  maxDuration?: Duration;
}

/** A number of iterations for each user. */
export interface PerUserIterationsLoad {
  executor: 'per-user-iterations';
  /** 1 if not given. */
  users?: number;
  /** Of each user; 1 if not given. */
  iterations?: number;
  /** What has not begun by then is dropped and counted; 10 minutes if not given. */
  maxDuration?: Duration;
}

/** Iterations that start at a fixed rate, however long earlier ones take; an iteration is one task, without a wait. */
export interface ConstantArrivalRateLoad {
  executor: 'constant-arrival-rate';
  /** Starts per `timeUnit`; fractions allowed. */
  rate: number;
  /** 1 s if not given. */
  timeUnit?: Duration;
  duration: Duration;
  /** Users that are there, `onStart` done, before second 0. */
  preAllocatedUsers: number;
  /** A start without a free user, when there are as many as this, is dropped and counted; `preAllocatedUsers` if not given. */
  maxUsers?: number;
}

/** Iterations that start at a rate that changes along straight lines. */
export interface RampingArrivalRateLoad {
  executor: 'ramping-arrival-rate';
  /** Starts per `timeUnit` at the beginning; 0 if not given. */
  startRate?: number;
  /** 1 s if not given. */
  timeUnit?: Duration;
  /** Their targets are starts per `timeUnit`. */
  stages: readonly Stage[];
  /** Users that are there, `onStart` done, before second 0. */
  preAllocatedUsers: number;
  /** A start without a free user, when there are as many as this, is dropped and counted; `preAllocatedUsers` if not given. */
  maxUsers?: number;
}

/** What every load takes besides its model. */
export interface LoadFrame {
  /** How long tasks in progress may go on after the end. 30 s with an `executor`, otherwise 0; there the same as `stopTimeout`. */
  gracefulStop?: Duration;
  /** The one kind its users are of; all kinds of the run, by weight, if not given. */
  user?: string;
  /** Added to the run's `env` for its users. */
  env?: Readonly<Record<string, string>>;
  /** Annotate its numbers. */
  labels?: Readonly<Record<string, string>>;
}

/** When it begins: a time since the run's start, or the name of the load whose end it waits for; at once if not given. */
type LoadBegin = { startTime?: Duration; after?: never } | { startTime?: never; after?: string };

type Model =
  | PlainLoad
  | StagesLoad
  | ShapeLoad
  | ConstantUsersLoad
  | RampingUsersLoad
  | SharedIterationsLoad
  | PerUserIterationsLoad
  | ConstantArrivalRateLoad
  | RampingArrivalRateLoad;

interface PastedStage {
  duration: string;
  target: number;
}

type PastedModel =
  | { executor: 'constant-vus'; vus?: number; duration: string }
  | { executor: 'ramping-vus'; startVUs?: number; stages: readonly PastedStage[]; gracefulRampDown?: string }
  | { executor: 'shared-iterations' | 'per-vu-iterations'; vus?: number; iterations?: number; maxDuration?: string }
  | {
      executor: 'constant-arrival-rate';
      rate: number;
      timeUnit?: string;
      duration: string;
      preAllocatedVUs: number;
      maxVUs?: number;
    }
  | {
      executor: 'ramping-arrival-rate';
      startRate?: number;
      timeUnit?: string;
      stages: readonly PastedStage[];
      preAllocatedVUs: number;
      maxVUs?: number;
    };

interface PastedFrame {
  startTime?: string;
  gracefulStop?: string;
  /** The kind of user. */
  exec?: string;
  env?: Readonly<Record<string, string>>;
  /** Annotate its numbers, as `labels` do. */
  tags?: Readonly<Record<string, string>>;
}

type KeysOf<One> = One extends unknown ? keyof One : never;

/** One model, and nothing of another one. */
type Only<One> = One extends unknown
  ? One & { [Key in Exclude<KeysOf<Model | PastedModel>, keyof One>]?: never }
  : never;

/** One load: exactly one of the models, chosen by `executor`, `stages`, `shape`, or none of them for a plain one. */
export type Load = Only<Model> & LoadFrame & LoadBegin;

/** A block of k6's `scenarios`, as it is pasted in: `exec` names a kind of user, `tags` are labels. */
export type PastedLoad = Only<PastedModel> & PastedFrame;

/** Several loads by name, at once or one after another. A k6 `scenarios` block can be pasted in unchanged. */
export type Loads = Readonly<Record<string, Load | PastedLoad>>;

/** Loads by name, one of which `--profile` puts in the place of the test's own. */
export type Profiles = Readonly<Record<string, Load | { load: Load; loads?: never } | { load?: never; loads: Loads }>>;
