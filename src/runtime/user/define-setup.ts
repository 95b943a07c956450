import { LoadwrightError } from '../../errors.js';
import { parseDuration } from '../../options/parse-duration.js';
import type { RunResult } from '../protocol.js';
import type { Duration } from './define-test.js';
import type { HttpClient } from './http/http-types.js';
import type { Random } from './random.js';
import { requireKeys } from './require-keys.js';

export const SETUP_BRAND: unique symbol = Symbol.for('loadwright.setup') as never;

/** What a setup or teardown may take if it does not say. */
export const DEFAULT_SETUP_TIMEOUT_MS = 60_000;

/**
 * What a setup, a teardown and `verify` are given: one object, meant to be taken apart. Each call gets its own, with
 * connections, cookies and defaults of its own; its requests are reported as outside the load and are in none of its
 * numbers.
 *
 * When the run is stopped meanwhile, pending `http` and `sleep` calls reject with `UserStopped`.
 */
export interface SetupContext {
  /** Requests to the run's host. */
  readonly http: HttpClient;
  /** Values given with `--env KEY=value`. */
  readonly env: Readonly<Record<string, string>>;
  /** Random numbers that `--seed` repeats, a stream of its own for each call. */
  readonly random: Random;
  /** Aborted when the run is stopped or this took too long, and at the end of the run; give it to clients that take one. */
  readonly signal: AbortSignal;
  /** Waits. Seconds, not milliseconds. */
  sleep(seconds: number): Promise<void>;
  /** Prints a line past the live table, with the name of the setup. */
  log(...values: unknown[]): void;
}

/** What `defineSetup` takes besides the function. */
export interface SetupOptions<T> {
  /** Runs after the load, also when it was aborted, with what the setup returned. Not for a setup that failed. */
  teardown?(data: Readonly<NoInfer<T>>, context: SetupContext): unknown;
  /** How long the setup may take, and the teardown again; 60 s if not given. */
  timeout?: Duration;
}

/** A setup with any data. */
export interface AnySetup {
  readonly [SETUP_BRAND]: true;
}

/** Something done once for the whole run: frozen plain data that can be imported anywhere without effect. */
export interface SetupDefinition<T> extends AnySetup {
  run(context: SetupContext): T | Promise<T>;
  readonly teardown?: SetupOptions<T>['teardown'];
  readonly timeout?: Duration;
}

/** The `setup` of a test: setups by name. */
export type SetupRecord = Readonly<Record<string, AnySetup>>;

/** What the setups of a test returned, by the same names. */
export type SetupData<Setups extends SetupRecord> = {
  readonly [Key in keyof Setups]: Setups[Key] extends SetupDefinition<infer T> ? Readonly<T> : unknown;
};

/**
 * Judges the whole run when its numbers are final. Nothing and `true` pass; a text, a list of texts, `false` or an
 * error is what is wrong, and fails the run with exit code 99. It may take five minutes.
 */
export type Verify<Setups extends SetupRecord = SetupRecord> = (
  result: RunResult,
  data: SetupData<Setups>,
  context: SetupContext,
) => unknown;

const OPTION_KEYS = ['teardown', 'timeout'];
const EXAMPLE = 'const catalogue = defineSetup(async ({ http }) => (await http.get("/api/products/")).json());';

/**
 * Defines something that is done once for the whole run, before its first user: reading a catalogue, creating accounts.
 * Users read what it returned with `get(catalogue)`.
 *
 * It runs in a thread of its own and its data is copied to every other one, so the data must be plain: no functions, no
 * open connections, and objects of classes lose their methods. It is deeply frozen: what users share must not differ
 * between threads. Setups run one after another in the order in which `setup` names them, each at most `timeout`.
 *
 * When the run is stopped while it works, its pending calls reject and no user starts; the teardowns of those that were
 * done still run, in reverse order.
 *
 * @param run does it; what it returns is the data
 * @param options `teardown`, called with the data when the run is over, and `timeout` for each of the two: text (`5m`)
 * or seconds
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` for something that is not a function, a timeout that cannot be read, or
 * a key that does not exist. The run ends with `ERR_SETUP_FAILED` if it throws, takes too long, or returns what cannot
 * be copied.
 * @example
 * ```ts
 * import { defineSetup, defineTest, defineUser } from 'loadwright';
 *
 * const catalogue = defineSetup(async ({ http }) => {
 *   const response = await http.get('/api/products/', { required: true });
 *   return response.json<{ results: { id: string }[] }>().results;
 * });
 * const Shopper = defineUser({
 *   tasks: {
 *     async product({ http, get, random }) {
 *       await http.get(['/api/products/:id/', { id: random.pick(get(catalogue)).id }]);
 *     },
 *   },
 * });
 * export default defineTest({ users: { Shopper }, setup: { catalogue } });
 * ```
 */
export function defineSetup<T>(
  run: (context: SetupContext) => T | Promise<T>,
  options: SetupOptions<T> = {},
): SetupDefinition<T> {
  requireFunction('The setup', run);
  requireKeys('defineSetup', options, { known: OPTION_KEYS });
  if (options.teardown !== undefined) requireFunction('"teardown" of defineSetup', options.teardown);
  if (options.timeout !== undefined && !(parseDuration(options.timeout)! > 0)) {
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: `"timeout" of defineSetup must be a time above 0, but the scenario gave ${String(options.timeout)}.`,
      hint: "defineSetup(run, { timeout: '5m' })",
    });
  }
  return Object.freeze({ ...options, run, [SETUP_BRAND]: true as const });
}

export function isSetupDefinition(value: unknown): value is SetupDefinition<unknown> {
  return typeof value === 'object' && value !== null && SETUP_BRAND in value;
}

/**
 * The setups of a test in the order in which they run.
 *
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` for what is not a record of setups, or one setup under two names: which
 * of its data `get` should give could not be said
 */
export function listSetups(setup: unknown): [name: string, setup: SetupDefinition<unknown>][] {
  if (setup === undefined) return [];
  if (typeof setup !== 'object' || setup === null || Array.isArray(setup) || isSetupDefinition(setup)) {
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: '"setup" of defineTest must be an object of setups by name.',
      hint: 'defineTest({ users, setup: { catalogue } })',
    });
  }
  const names = new Map<unknown, string>();
  return Object.entries(setup).map(([name, value]: [string, unknown]) => {
    if (!isSetupDefinition(value)) {
      throw new LoadwrightError('ERR_SCENARIO_INVALID', { message: `"setup.${name}" is not a setup.`, hint: EXAMPLE });
    }
    const other = names.get(value);
    if (other !== undefined) {
      throw new LoadwrightError('ERR_SCENARIO_INVALID', {
        message: `"setup.${name}" and "setup.${other}" are the same setup.`,
        hint: `Remove "${name}": get() would not know which of the two is meant.`,
      });
    }
    names.set(value, name);
    return [name, value];
  });
}

/** How long a setup, and its teardown, may take, in ms. */
export function readSetupTimeoutMs({ timeout }: SetupDefinition<unknown>): number {
  return (timeout === undefined ? undefined : parseDuration(timeout)) ?? DEFAULT_SETUP_TIMEOUT_MS;
}

function requireFunction(what: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `${what} must be a function, but the scenario gave ${String(value)}.`,
    hint: EXAMPLE,
  });
}
