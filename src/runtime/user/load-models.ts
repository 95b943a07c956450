import type { ExecutorName } from '../plan.js';
import type { FieldKind } from './read-load-value.js';

export interface ModelField {
  kind: FieldKind;
  isRequired?: true;
  /** What holds if it is not given; durations in ms. */
  default?: number;
}

/** What other tools wait for at most, and so do blocks that are pasted in from them. */
const DEFAULT_GRACEFUL_STOP_MS = 30_000;

const DURATION: ModelField = { kind: 'length', isRequired: true };
const USERS: ModelField = { kind: 'count', default: 1 };
const STOP_TIMEOUT: ModelField = { kind: 'span' };
const ITERATIONS: Record<string, ModelField> = {
  users: USERS,
  iterations: { kind: 'count', default: 1 },
  maxDuration: { kind: 'length', default: 600_000 },
};
const ARRIVALS: Record<string, ModelField> = {
  timeUnit: { kind: 'length', default: 1_000 },
  preAllocatedUsers: { kind: 'countOrNone', isRequired: true },
  maxUsers: { kind: 'count' },
};

/** What each model takes. */
export const MODEL_FIELDS: Readonly<Record<ExecutorName, Readonly<Record<string, ModelField>>>> = {
  plain: {
    users: { kind: 'count' },
    spawnRate: { kind: 'rate' },
    runTime: { kind: 'length' },
    stopTimeout: STOP_TIMEOUT,
  },
  stages: {
    startUsers: { kind: 'countOrNone', default: 0 },
    stages: { kind: 'userStages', isRequired: true },
    stopTimeout: STOP_TIMEOUT,
  },
  shape: { shape: { kind: 'shape', isRequired: true }, stopTimeout: STOP_TIMEOUT },
  'constant-users': { users: USERS, duration: DURATION },
  'ramping-users': {
    startUsers: { kind: 'countOrNone', default: 1 },
    stages: { kind: 'userStages', isRequired: true },
    gracefulRampDown: { kind: 'span', default: DEFAULT_GRACEFUL_STOP_MS },
  },
  'shared-iterations': ITERATIONS,
  'per-user-iterations': ITERATIONS,
  'constant-arrival-rate': { rate: { kind: 'rate', isRequired: true }, duration: DURATION, ...ARRIVALS },
  'ramping-arrival-rate': {
    startRate: { kind: 'rateOrNone', default: 0 },
    stages: { kind: 'rateStages', isRequired: true },
    ...ARRIVALS,
  },
};

/** What every model takes. */
export const FRAME_KEYS = ['executor', 'startTime', 'after', 'gracefulStop', 'user', 'env', 'labels'] as const;

/** Names that a scenario writes as `executor`; the others are told by their keys. */
export const EXECUTORS = Object.keys(MODEL_FIELDS).filter((name) => name.includes('-')) as ExecutorName[];

/** k6's names of executors that have another name here. */
export const PASTED_EXECUTORS: Readonly<Record<string, ExecutorName>> = {
  'constant-vus': 'constant-users',
  'ramping-vus': 'ramping-users',
  'per-vu-iterations': 'per-user-iterations',
};

/** k6's names of keys that have another name here. */
export const PASTED_KEYS: Readonly<Record<string, string>> = {
  vus: 'users',
  startVUs: 'startUsers',
  preAllocatedVUs: 'preAllocatedUsers',
  maxVUs: 'maxUsers',
  exec: 'user',
  tags: 'labels',
};
