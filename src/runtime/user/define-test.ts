import { LoadwrightError } from '../../errors.js';
import { type AnyUser, isUserDefinition } from './define-user.js';
import { requireKeys } from './require-keys.js';

export const TEST_BRAND: unique symbol = Symbol.for('loadwright.test') as never;

/** Durations are text (`400ms`, `5m`, `1h20m`) or seconds. */
export type Duration = string | number;

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

/** How requests of all users are sent; every key is also a flag (`--connect-timeout 2s`). */
export interface HttpOptions {
  timeout?: Duration;
  connectTimeout?: Duration;
  headersTimeout?: Duration;
  maxRedirects?: number;
  maxBodyBytes?: number;
  connectionsPerUser?: number;
  connectionReuse?: 'user' | 'iteration' | 'none';
  insecure?: boolean;
  /** PEM file or files, beside the built-in authorities. */
  ca?: string | string[];
  proxy?: string;
  dnsTtl?: Duration;
  dnsSelect?: 'first' | 'random' | 'roundRobin';
}

/** What `defineTest` takes. */
export interface TestOptions {
  /** Kinds of users; the key is the kind's name on the command line and in reports. */
  users: Readonly<Record<string, AnyUser>>;
  host?: string;
  load?: PlainLoad;
  http?: HttpOptions;
}

/** A whole test: frozen plain data that can be imported anywhere without effect. */
export interface TestDefinition extends Readonly<TestOptions> {
  readonly [TEST_BRAND]: true;
}

const KNOWN_KEYS = ['users', 'host', 'load', 'http'];
const LOAD_KEYS = ['users', 'spawnRate', 'runTime', 'stopTimeout'];
const HTTP_KEYS = [
  'timeout',
  'connectTimeout',
  'headersTimeout',
  'maxRedirects',
  'maxBodyBytes',
  'connectionsPerUser',
  'connectionReuse',
  'insecure',
  'ca',
  'proxy',
  'dnsTtl',
  'dnsSelect',
];
const LATER_KEYS = ['loads', 'profiles', 'thresholds', 'setup', 'verify', 'monitors', 'allowedHosts'];
const LATER_LOAD_KEYS = ['startUsers', 'stages', 'shape', 'executor'];

/**
 * Defines a test: which users there are and how many. Flags override what they name.
 *
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` without users or for a key that does not exist, `ERR_NOT_SUPPORTED`
 * for one that this version does not know yet
 * @example
 * ```ts
 * import { defineTest, defineUser } from 'loadwright';
 * const Visitor = defineUser({ tasks: { home: async ({ http }) => { await http.get('/'); } } });
 * export default defineTest({ users: { Visitor }, load: { users: 100, spawnRate: 10, runTime: '5m' } });
 * ```
 */
export function defineTest(options: TestOptions): TestDefinition {
  requireKeys('defineTest', options, { known: KNOWN_KEYS, later: LATER_KEYS });
  if (options.load !== undefined) {
    requireKeys('load', options.load, { known: LOAD_KEYS, later: LATER_LOAD_KEYS });
  }
  if (options.http !== undefined) requireKeys('http', options.http, { known: HTTP_KEYS });
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
  return Object.freeze({ ...options, users: Object.freeze({ ...options.users }), [TEST_BRAND]: true as const });
}

export function isTestDefinition(value: unknown): value is TestDefinition {
  return typeof value === 'object' && value !== null && TEST_BRAND in value;
}
