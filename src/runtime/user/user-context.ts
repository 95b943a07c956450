import { format } from 'node:util';
import { LoadwrightError } from '../../errors.js';
import { now } from '../../metrics/clock.js';
import type { LogRecord } from '../protocol.js';
import { type CallScope, markHandled, type PendingCall } from './call-scope.js';
import type { HttpEngine } from './http/http-engine.js';
import type { HttpClient } from './http/http-types.js';
import type { Session } from './http/session.js';
import { ScopedHttp } from './http-client.js';
import { Measurement } from './measurement.js';
import type { Random } from './random.js';
import { runChecks } from './run-checks.js';
import type { Check, MeasureOptions, UserContext } from './user-context-types.js';

const MAX_SLEEP_MS = 2 ** 31 - 1;

/** What a worker offers all its users. */
export interface UserServices {
  readonly engine: HttpEngine;
  readonly env: Readonly<Record<string, string>>;
  addCheck(name: string, hasPassed: boolean): void;
  addGroup(name: string, durationMs: number): void;
  log(level: LogRecord['level'], message: string): void;
}

/** The user a context belongs to. */
export interface ContextOwner {
  readonly id: number;
  readonly kindName: string;
  readonly services: UserServices;
  readonly session: Session;
  readonly random: Random;
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
  readonly #made: Record<string, unknown> = {};

  constructor(owner: ContextOwner, scope: CallScope) {
    this.#owner = owner;
    this.#scope = scope;
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
    return this.#make('http', () => new ScopedHttp(this.#owner.session, this.#scope));
  }

  get signal(): AbortSignal {
    return this.#scope.signal;
  }

  get sleep(): UserContext['sleep'] {
    return this.#make('sleep', () => (seconds: number) => sleepInScope(this.#scope, seconds));
  }

  get measure(): UserContext['measure'] {
    const { engine } = this.#owner.services;
    return this.#make(
      'measure',
      () =>
        <T>(about: string | MeasureOptions, fn: () => T | Promise<T>): Promise<T> =>
          this.#scope.isStopped ? this.#scope.refuse() : new Measurement<T>(engine, this.#scope, about).run(fn),
    );
  }

  get check(): UserContext['check'] {
    const { services } = this.#owner;
    return this.#make('check', () => {
      const record = (name: string, hasPassed: boolean) => services.addCheck(name, hasPassed);
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
      return await fn(this);
    } finally {
      if (!this.#scope.isStopped) this.#owner.services.addGroup(name, now() - startedAtMs);
    }
  }

  #make<T>(key: string, create: () => T): T {
    this.#made[key] ??= create();
    return this.#made[key] as T;
  }
}

function sleepInScope(scope: CallScope, seconds: number): Promise<void> {
  if (!(Number.isFinite(seconds) && seconds >= 0)) {
    return Promise.reject(
      new LoadwrightError('ERR_REQUEST_INVALID', {
        message: `sleep() takes seconds of 0 or more, but the scenario gave ${String(seconds)}.`,
      }),
    );
  }
  if (scope.isStopped) return scope.refuse();
  const promise = new Promise<void>((resolve, reject) => {
    const call: PendingCall = {
      reject: (error) => {
        clearTimeout(timer);
        scope.noteResume();
        void markHandled(promise);
        reject(error);
      },
    };
    const onTime = () => {
      scope.leave(call);
      scope.noteResume();
      resolve();
    };
    const timer = setTimeout(onTime, Math.min(seconds * 1000, MAX_SLEEP_MS));
    scope.enter(call);
  });
  return promise;
}
