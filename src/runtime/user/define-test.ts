import { LoadwrightError } from '../../errors.js';
import { isBuiltInLabel } from '../../metrics/metric-table.js';
import type { ThresholdsInput } from '../../metrics/thresholds.js';
import { readLoads, readProfiles } from './define-loads.js';
import { listMonitors, type MonitorOrFunction } from './define-monitors.js';
import { listSetups, type SetupRecord, type Verify } from './define-setup.js';
import { type AnyUser, isUserDefinition } from './define-user.js';
import type { Load, Loads, Profiles } from './load-types.js';
import { requireKeys } from './require-keys.js';

export const TEST_BRAND: unique symbol = Symbol.for('loadwright.test') as never;

/** Durations are text (`400ms`, `5m`, `1h20m`) or seconds. */
export type Duration = string | number;

/** How requests of all users are sent; every key is also a flag (`--connect-timeout 2s`). */
export interface HttpOptions {
  timeout?: Duration;
  connectTimeout?: Duration;
  headersTimeout?: Duration;
  maxRedirects?: number;
  maxBodyBytes?: number;
  connectionsPerUser?: number;
  connectionReuse?: 'user' | 'iteration' | 'none';
  /** `undici` keeps plain HTTP off the bare sockets. */
  transport?: 'auto' | 'undici';
  insecure?: boolean;
  /** PEM file or files, beside the built-in authorities. */
  ca?: string | string[];
  proxy?: string;
  /** Addresses of this machine that users connect from, in turn. */
  localAddress?: string | string[];
  dnsTtl?: Duration;
  dnsSelect?: 'first' | 'random' | 'roundRobin';
  /** Which share of requests is sent with a W3C `traceparent`: `true` for all, `0.1` or `'10%'` for every tenth. */
  trace?: boolean | number | string;
}

/** What `defineTest` takes. */
export interface TestOptions<Setups extends SetupRecord = SetupRecord> {
  /** Kinds of users; the key is the kind's name on the command line and in reports. */
  users: Readonly<Record<string, AnyUser>>;
  host?: string;
  /** How many users there are, or how many iterations start. */
  load?: Load;
  /** Several loads by name, each with its own kind, start and end; a `scenarios` block of k6 pastes in. */
  loads?: Loads;
  /** Loads to choose from with `--profile name`, in place of `load`. */
  profiles?: Profiles;
  http?: HttpOptions;
  /** What the run has to keep to: `{ http_req_failed: ['rate<0.01'] }`. A failed one is exit code 99. */
  thresholds?: ThresholdsInput;
  /** Done once for the whole run, before its first user. */
  setup?: Setups;
  /** Judges the whole run when its numbers are final. */
  verify?: Verify<Setups>;
  /** What is measured beside the load, each second: the target's processes, its database, anything. */
  monitors?: readonly MonitorOrFunction[];
  /** Where requests may go besides this machine and what somebody says yes to: `api.example.com`, `*.example.com`. */
  allowedHosts?: readonly string[];
  /** Keys of `labels` that requests use, so that thresholds may name them. */
  labelKeys?: readonly string[];
}

/** A whole test: frozen plain data that can be imported anywhere without effect. */
export interface TestDefinition extends Readonly<TestOptions> {
  readonly [TEST_BRAND]: true;
}

const KNOWN_KEYS = [
  'users',
  'host',
  'load',
  'loads',
  'profiles',
  'http',
  'thresholds',
  'setup',
  'verify',
  'monitors',
  'allowedHosts',
  'labelKeys',
];
const HTTP_KEYS = [
  'timeout',
  'connectTimeout',
  'headersTimeout',
  'maxRedirects',
  'maxBodyBytes',
  'connectionsPerUser',
  'connectionReuse',
  'transport',
  'insecure',
  'ca',
  'proxy',
  'localAddress',
  'dnsTtl',
  'dnsSelect',
  'trace',
];

/**
 * Defines a test: which users there are and how many. Flags override what they name.
 *
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` without users or for a key that does not exist
 * @example
 * ```ts
 * import { defineTest, defineUser } from 'loadwright';
 * const Visitor = defineUser({ tasks: { home: async ({ http }) => { await http.get('/'); } } });
 * export default defineTest({ users: { Visitor }, load: { users: 100, spawnRate: 10, runTime: '5m' } });
 * ```
 */
export function defineTest<Setups extends SetupRecord = Record<never, never>>(
  options: TestOptions<Setups>,
): TestDefinition {
  requireKeys('defineTest', options, { known: KNOWN_KEYS });
  readLoads(options);
  readProfiles(options.profiles);
  listSetups(options.setup);
  const monitors = listMonitors(options.monitors);
  if (options.http !== undefined) requireKeys('http', options.http, { known: HTTP_KEYS });
  for (const key of options.labelKeys ?? []) requireOwnLabel(key);
  if (typeof options.users !== 'object' || options.users === null) {
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: `"users" of defineTest must be an object of users by name, but the scenario gave ${String(options.users)}.`,
      hint: 'defineTest({ users: { Visitor } })',
    });
  }
  const users = Object.entries(options.users);
  if (users.length === 0) {
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: 'A test needs at least one user, but "users" is empty.',
      hint: 'defineTest({ users: { Visitor } })',
    });
  }
  for (const [name, user] of users) {
    if (isUserDefinition(user)) continue;
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: `"users.${name}" is not a user.`,
      hint: `const ${name} = defineUser({ … })`,
    });
  }
  return Object.freeze({
    ...options,
    users: Object.freeze({ ...options.users }),
    ...(options.monitors === undefined ? {} : { monitors: Object.freeze(monitors) }),
    [TEST_BRAND]: true as const,
  }) as TestDefinition;
}

function requireOwnLabel(key: string): void {
  if (!isBuiltInLabel(key)) return;
  throw new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `"labelKeys" names labels that requests are given, but "${key}" is one that they have by themselves.`,
    hint: `labelKeys: ['my_${key}']   or, in a threshold at once,   http_req_duration{${key}:…}`,
  });
}

export function isTestDefinition(value: unknown): value is TestDefinition {
  return typeof value === 'object' && value !== null && TEST_BRAND in value;
}
