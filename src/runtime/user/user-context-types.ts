import type { LabelValue } from '../../metrics/measures.js';
import type { SetupDefinition } from './define-setup.js';
import type { Feeder } from './feeder.js';
import type { HttpClient } from './http/http-types.js';
import type { Metric } from './metric.js';
import type { Random } from './random.js';

export type Check<T> = (value: T) => boolean | Promise<boolean>;

/**
 * What a task is given. One object, meant to be taken apart: `async run({ http, state, sleep }) { … }`.
 *
 * When the run stops, pending `http`, `sleep` and `measure` calls reject with `UserStopped`.
 */
export interface UserContext<State = undefined> {
  /** Requests of this user, over its own connections, cookies and defaults. */
  readonly http: HttpClient;
  /** What `onStart` returned. */
  readonly state: State;
  /** The user's number, from 0, the same with any number of workers. */
  readonly id: number;
  /**
   * How many tasks this user ran before, from 0; in open loads and shared iterations the number of this start in the
   * whole load.
   */
  readonly iteration: number;
  /** Values given with `--env KEY=value`. */
  readonly env: Readonly<Record<string, string>>;
  /** Random numbers that `--seed` repeats: `random()`, `random.integer(1, 6)`, `random.pick(list)`. */
  readonly random: Random;
  /** Aborted when this user is stopped; give it to clients that take one. */
  readonly signal: AbortSignal;
  /** Waits. Seconds, not milliseconds. */
  sleep(seconds: number): Promise<void>;
  /**
   * Records how long an async function takes, as a request of type `method` (`CALL` if not given): for databases,
   * queues, any npm client. It fails if the function throws, and then throws the same. `http` inside is refused: its
   * time would count twice.
   */
  measure<T>(name: string | MeasureOptions, fn: () => T | Promise<T>): Promise<T>;
  /**
   * Checks a value by name: `check(response, { 'has token': (r) => r.text().includes('token') })`. Counted on its own;
   * a failed check changes neither request nor exit code. True if all passed; a promise if one of them is async.
   */
  check<T>(value: T, checks: Record<string, (value: T) => boolean>): boolean;
  check<T>(value: T, checks: Record<string, Check<T>>): boolean | Promise<boolean>;
  /** Times a stretch of the task by name; the requests inside are recorded as ever. */
  group<T>(name: string, fn: (context: UserContext<State>) => T | Promise<T>): Promise<T>;
  /** Records a value of a metric that the scenario defined with `counter`, `gauge`, `rate` or `trend`. */
  record(metric: Metric<'rate'>, value: boolean | 0 | 1, labels?: Readonly<Record<string, LabelValue>>): void;
  record(
    metric: Metric<'counter'> | Metric<'gauge'> | Metric<'trend'>,
    value: number,
    labels?: Readonly<Record<string, LabelValue>>,
  ): void;
  /** The next row of a feeder. Where rows have run out and `atEnd` is `stop`, the user ends here. */
  next<Row>(feeder: Feeder<Row>): Row;
  /** What a setup of the test returned: frozen, one copy for all users of a worker. */
  get<T>(setup: SetupDefinition<T>): Readonly<T>;
  /** Prints a line past the live table, with this user's kind and number. */
  log(...values: unknown[]): void;
  /** Leaves the innermost nested task set or sequence; at the top it ends the task. Never returns. */
  interrupt(): never;
  /** Ends this user; it is not replaced. Never returns. */
  stopUser(): never;
  /** Ends the run, in order and with full results; exit code 0, or 1 with `failed: true`. Never returns. */
  stopRun(reason: string, options?: { failed?: boolean }): never;
}

export interface MeasureOptions {
  name: string;
  /** What stands in the report's type column. */
  method?: string;
}
