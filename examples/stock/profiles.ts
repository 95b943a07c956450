import type { Profiles, ThresholdsInput } from 'loadwright';

/** Chosen with `--profile`, in place of the scenario's own load. */
export const profiles: Profiles = {
  /** Basic figures. */
  baseline: { users: 100, spawnRate: 10, runTime: '5m' },
  /** Ordinary traffic. */
  moderate: { users: 500, spawnRate: 25, runTime: '10m' },
  /** Finding the limit. */
  high: { users: 1000, spawnRate: 50, runTime: '15m' },
  /** The breaking point, and recovery after it. */
  stress: {
    stages: [
      { duration: '1m', target: 2000 },
      { duration: '4m', target: 2000 },
      // At the very instant of a peak nobody can be there yet: it is held for a second.
      { duration: '9m59s', target: 5000 },
      { duration: '1s', target: 5000 },
      { duration: '10s', target: 100 },
      { duration: '4m50s', target: 100 },
    ],
  },
  /** Stepped load: it jumps, and stays for a minute. */
  steps: {
    stages: [
      { duration: '0s', target: 100 },
      { duration: '1m', target: 100 },
      { duration: '0s', target: 500 },
      { duration: '1m', target: 500 },
      { duration: '0s', target: 1000 },
      { duration: '1m', target: 1000 },
    ],
  },
};

/**
 * What a run has to keep to, with a profile or without; whether the stock is consistent is for `verify`. A thousand
 * requests a minute take some 22 users: a trial with fewer fails the last one, and the report says so.
 */
export const criteria: ThresholdsInput = {
  http_req_duration: ['p(95)<2000'],
  http_req_failed: ['rate<0.01'],
  http_reqs: ['rate>16.67'],
};
