import { format } from 'node:util';
import { now } from '../../metrics/clock.js';
import type { LabelValue, MeasureSource } from '../../metrics/measures.js';
import type { LogRecord } from '../protocol.js';
import type { CallScope } from './call-scope.js';
import type { AnySetup } from './define-setup.js';
import type { AnyFeeder } from './feeder.js';
import type { HttpEngine } from './http/http-engine.js';
import type { HttpClient } from './http/http-types.js';
import type { Session } from './http/session.js';
import { ScopedHttp } from './http-client.js';
import { Measurement } from './measurement.js';
import type { Metric } from './metric.js';
import type { Random } from './random.js';
import { runChecks } from './run-checks.js';
import { sleepInScope } from './sleep-in-scope.js';
import type { Check, MeasureOptions, UserContext } from './user-context-types.js';

/** A recorded value's own labels, and whose it is. */
export interface RecordedLabels {
  labels: Readonly<Record<string, LabelValue>>;
  source: MeasureSource;
}

/** What a worker offers all its users. */
export interface UserServices {
  readonly engine: HttpEngine;
  readonly env: Readonly<Record<string, string>>;
  addCheck(name: string, hasPassed: boolean, source: MeasureSource): void;
  addGroup(name: string, durationMs: number, source: MeasureSource): void;
  /** A value of a metric that the scenario defined. */
  record(metric: Metric, value: number | boolean, about: RecordedLabels): void;
  /** What a setup returned, frozen. */
  readSetup(setup: AnySetup): unknown;
  log(level: LogRecord['level'], message: string): void;
}

/** The user a context belongs to. */
export interface ContextOwner {
  readonly id: number;
  readonly kindName: string;
  readonly services: UserServices;
  readonly session: Session;
  readonly random: Random;
  /** The next row of a feeder, for this user. */
  nextRow(feeder: AnyFeeder): unknown;
  readonly iteration: number;
  readonly state: unknown;
  interrupt(): never;
  stopUser(): never;
  stopRun(reason: string, hasFailed: boolean): never;
}

/**
 * The context object. Its functions are made when they are first taken out, and work without their object: tasks take
 * it apart, and five thousand users should not hold fifteen functions each that nobody calls.
 */
export class Context implements UserContext<unknown> {
  readonly #owner: ContextOwner;
  readonly #scope: CallScope;
  readonly #source: MeasureSource;
  readonly #made: Record<string, unknown> = {};

  constructor(owner: ContextOwner, scope: CallScope, source: MeasureSource = owner.session.source) {
    this.#owner = owner;
    this.#scope = scope;
    this.#source = source;
  }

  get id(): number {
    return this.#owner.id;
  }

  get iteration(): number {
    return this.#owner.iteration;
  }

  get state(): unknown {
    return this.#owner.state;
  }

  get env(): Readonly<Record<string, string>> {
    return this.#owner.services.env;
  }

  get random(): Random {
    return this.#owner.random;
  }

  get http(): HttpClient {
    return this.#make('http', () => new ScopedHttp(this.#owner.session, this.#scope, this.#source));
  }

  get signal(): AbortSignal {
    return this.#scope.signal;
  }

  get sleep(): UserContext['sleep'] {
    return this.#make('sleep', () => (seconds: number) => sleepInScope(this.#scope, seconds));
  }

  get measure(): UserContext['measure'] {
    const { session } = this.#owner;
    return this.#make(
      'measure',
      () =>
        <T>(about: string | MeasureOptions, fn: () => T | Promise<T>): Promise<T> =>
          this.#scope.isStopped
            ? this.#scope.refuse()
            : new Measurement<T>(session, this.#scope, { about, source: this.#source }).run(fn),
    );
  }

  get check(): UserContext['check'] {
    const { services } = this.#owner;
    return this.#make('check', () => {
      const record = (name: string, hasPassed: boolean) => services.addCheck(name, hasPassed, this.#source);
      return ((value: unknown, checks: Record<string, Check<unknown>>) =>
        runChecks(value, checks, record)) as UserContext['check'];
    });
  }

  get group(): UserContext<unknown>['group'] {
    return this.#make('group', () => <T>(name: string, fn: (context: UserContext<unknown>) => T | Promise<T>) => {
      return this.#runGroup(name, fn);
    });
  }

  get log(): UserContext['log'] {
    const { services, kindName, id } = this.#owner;
    return this.#make('log', () => (...values: unknown[]) => {
      services.log('info', `${kindName}#${id}: ${format(...values)}`);
    });
  }

  get record(): UserContext['record'] {
    const { services } = this.#owner;
    return this.#make('record', () => (metric: Metric, value: number | boolean, labels = {}) => {
      services.record(metric, value, { labels, source: this.#source });
    });
  }

  get next(): UserContext['next'] {
    return this.#make('next', () => ((feeder: AnyFeeder) => this.#owner.nextRow(feeder)) as UserContext['next']);
  }

  get get(): UserContext['get'] {
    const { services } = this.#owner;
    return this.#make('get', () => ((setup: AnySetup) => services.readSetup(setup)) as UserContext['get']);
  }

  get interrupt(): () => never {
    return this.#make('interrupt', () => () => this.#owner.interrupt());
  }

  get stopUser(): () => never {
    return this.#make('stopUser', () => () => this.#owner.stopUser());
  }

  get stopRun(): UserContext['stopRun'] {
    return this.#make('stopRun', () => (reason: string, options: { failed?: boolean } = {}) => {
      return this.#owner.stopRun(reason, options.failed === true);
    });
  }

  async #runGroup<T>(name: string, fn: (context: UserContext<unknown>) => T | Promise<T>): Promise<T> {
    const startedAtMs = now();
    try {
      return await fn(new Context(this.#owner, this.#scope, { ...this.#source, group: name }));
    } finally {
      if (!this.#scope.isStopped) this.#owner.services.addGroup(name, now() - startedAtMs, this.#source);
    }
  }

  #make<T>(key: string, create: () => T): T {
    this.#made[key] ??= create();
    return this.#made[key] as T;
  }
}
