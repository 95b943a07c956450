import { now } from '../../metrics/clock.js';
import type { MeasureSource } from '../../metrics/measures.js';
import { type CallScope, markHandled, type PendingCall } from './call-scope.js';
import type { HttpEngine } from './http/http-engine.js';
import type { InFlightRequest } from './http/in-flight.js';
import type { Session } from './http/session.js';
import { runInsideMeasure } from './measure-guard.js';
import type { MeasureOptions } from './user-context-types.js';
import { USER_STOPPED } from './user-signals.js';

/** Errors that a failed measurement has already counted: the task that passes them on does not count them again. */
const countedErrors = new WeakSet<object>();

export function isCountedByMeasure(error: unknown): boolean {
  return typeof error === 'object' && error !== null && countedErrors.has(error);
}

export interface MeasurementOptions {
  about: string | MeasureOptions;
  source: MeasureSource;
}

/** One measured call of a function, counted like a request. */
export class Measurement<T> implements InFlightRequest, PendingCall {
  slot = -1;
  startedAtMs = 0;
  readonly deadlineMs = Number.POSITIVE_INFINITY;
  readonly #engine: HttpEngine;
  readonly #session: Session;
  readonly #source: MeasureSource;
  #lagMs = 0;
  readonly #scope: CallScope;
  readonly #method: string;
  readonly #name: string;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;
  #promise!: Promise<T>;
  #isSettled = false;
  #hasEnded = false;

  constructor(session: Session, scope: CallScope, { about, source }: MeasurementOptions) {
    this.#engine = session.engine;
    this.#session = session;
    this.#source = source;
    this.#scope = scope;
    this.#name = typeof about === 'string' ? about : about.name;
    this.#method = (typeof about === 'string' ? undefined : about.method) ?? 'CALL';
  }

  run(fn: () => T | Promise<T>): Promise<T> {
    this.startedAtMs = now();
    this.#lagMs = this.#session.takeLag();
    this.#engine.recorder.begun(this.#method, this.#name);
    this.#engine.inFlight.add(this);
    this.#scope.enter(this);
    const promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    void runInsideMeasure(async () => fn()).then(
      (value) => this.#finish(undefined, () => this.#resolve(value)),
      (error: unknown) => {
        // What the stop cut short has not failed.
        if (this.#scope.isStopped && isStop(error)) {
          this.interrupt();
          return;
        }
        if (typeof error === 'object' && error !== null) countedErrors.add(error);
        this.#finish(describe(error), () => this.#reject(error));
      },
    );
    this.#promise = promise;
    return promise;
  }

  reject(error: Error): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#scope.noteResume();
    void markHandled(this.#promise);
    this.#reject(error);
  }

  onDeadline(): void {}

  interrupt(): void {
    if (this.#hasEnded) return;
    this.#end();
    this.#engine.recorder.interrupted(this.#method, this.#name);
    this.reject(USER_STOPPED);
  }

  #finish(error: string | undefined, settle: () => void): void {
    if (this.#hasEnded) return;
    const finishedAtMs = now();
    this.#end();
    const { sample } = this.#engine;
    sample.method = this.#method;
    sample.name = this.#name;
    sample.finishedAtMs = finishedAtMs;
    sample.serviceMs = finishedAtMs - this.startedAtMs;
    sample.status = 0;
    sample.error = error;
    sample.bytesReceived = 0;
    sample.bytesSent = 0;
    sample.reconnects = 0;
    sample.hops = 0;
    sample.responseMs = sample.serviceMs + this.#lagMs;
    sample.waitingMs = undefined;
    sample.connectingMs = undefined;
    sample.tlsMs = undefined;
    sample.source = this.#source;
    sample.labels = undefined;
    sample.serverTiming = undefined;
    sample.traceId = undefined;
    this.#session.record(sample);
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#scope.noteResume();
    settle();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#engine.inFlight.remove(this);
    this.#scope.leave(this);
  }
}

/** `UserStopped`, or what clients make of an aborted `signal`. */
function isStop(error: unknown): boolean {
  return (
    error === USER_STOPPED || (error instanceof Error && (error.name === 'AbortError' || error.cause === USER_STOPPED))
  );
}

function describe(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message || error.name) : String(error);
  } catch {
    return 'something that cannot be shown';
  }
}
