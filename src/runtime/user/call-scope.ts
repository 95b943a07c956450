import { USER_STOPPED } from './user-signals.js';

/** A call of user code that has not settled: a request, a sleep, a measurement. */
export interface PendingCall {
  /** Settles it with an error, once. */
  reject(error: Error): void;
}

export interface ScopeOwner {
  /** User code is about to go on. */
  onResume(): void;
  /** User code swallowed `UserStopped` and went on calling. */
  onLeftBehind(): void;
}

/**
 * The calls of one user that are under way, and the law of stopping: every call pending at the stop rejects with
 * `UserStopped`; so does the first call made after it; later ones never settle, and the user is left behind.
 */
export class CallScope {
  /** Mostly there is one: no list is kept for each of ten thousand users. */
  #only: PendingCall | undefined;
  /** Those beside it, of `Promise.all`. */
  #others: Set<PendingCall> | undefined;
  #isStopped = false;
  #hasRejected = false;
  #controller: AbortController | undefined;
  readonly #owner: ScopeOwner;

  constructor(owner: ScopeOwner) {
    this.#owner = owner;
  }

  /** To be called right before a call settles: whose code goes on next. */
  noteResume(): void {
    this.#owner.onResume();
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Aborted at the stop. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isStopped) this.#controller.abort(USER_STOPPED);
    return this.#controller.signal;
  }

  enter(call: PendingCall): void {
    if (this.#only === undefined) {
      this.#only = call;
      return;
    }
    this.#others ??= new Set();
    this.#others.add(call);
  }

  leave(call: PendingCall): void {
    if (this.#only === call) this.#only = undefined;
    else this.#others?.delete(call);
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    const calls = this.#takePending();
    if (calls.length > 0) this.#hasRejected = true;
    for (const call of calls) call.reject(USER_STOPPED);
    this.#controller?.abort(USER_STOPPED);
  }

  #takePending(): PendingCall[] {
    const calls = [...(this.#only === undefined ? [] : [this.#only]), ...(this.#others ?? [])];
    this.#only = undefined;
    this.#others = undefined;
    return calls;
  }

  /** What a call made after the stop gets. */
  refuse(): Promise<never> {
    if (!this.#hasRejected) {
      this.#hasRejected = true;
      return markHandled(Promise.reject(USER_STOPPED));
    }
    this.#owner.onLeftBehind();
    return new Promise<never>(() => {});
  }
}

/** A call that nobody awaits yet is nobody's mistake: its `UserStopped` must not end a process we live in. */
export function markHandled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
