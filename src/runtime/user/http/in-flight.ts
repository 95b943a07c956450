import type { Clock } from '../../../metrics/clock.js';

/** A request that has begun and not ended. `slot` belongs to the registry. */
export interface InFlightRequest {
  slot: number;
  readonly startedAtMs: number;
  /** When its present phase has lasted too long; infinite for never. */
  deadlineMs: number;
  onDeadline(): void;
  /** The run stops waiting for it. */
  interrupt(): void;
}

const NOBODY: InFlightRequest = { slot: -1, startedAtMs: 0, deadlineMs: 0, onDeadline() {}, interrupt() {} };

/** A timer may fire this much early. */
const TIMER_SLACK_MS = 1;

/**
 * All requests in flight of one worker, with one timer for all their deadlines. The timer is set for the earliest
 * deadline known; since most are never reached it fires about once per timeout, not once per request.
 */
export class InFlight {
  readonly #requests: InFlightRequest[] = emptyList();
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  /** Called whenever the last one has ended. */
  onEmpty: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#requests.length;
  }

  /** Age of the oldest one in ms; 0 if there is none. */
  oldestMs(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const request of this.#requests) oldest = Math.min(oldest, request.startedAtMs);
    return oldest === Number.POSITIVE_INFINITY ? 0 : Math.max(0, this.#clock.now() - oldest);
  }

  add(request: InFlightRequest): void {
    request.slot = this.#requests.length;
    this.#requests.push(request);
    this.watch(request);
  }

  remove(request: InFlightRequest): void {
    const last = this.#requests.pop()!;
    if (last !== request) {
      this.#requests[request.slot] = last;
      last.slot = request.slot;
    }
    request.slot = -1;
    if (this.#requests.length === 0) this.onEmpty?.();
  }

  /** To be called when a deadline was set or moved forward. */
  watch(request: InFlightRequest): void {
    if (request.deadlineMs < this.#timerAtMs) this.#setTimer(request.deadlineMs);
  }

  interruptAll(): void {
    for (const request of [...this.#requests]) request.interrupt();
    clearTimeout(this.#timer);
    this.#timerAtMs = Number.POSITIVE_INFINITY;
  }

  #setTimer(atMs: number): void {
    clearTimeout(this.#timer);
    this.#timerAtMs = atMs;
    const delayMs = Math.min(Math.max(1, atMs - this.#clock.now()), 2 ** 31 - 1);
    this.#timer = setTimeout(() => this.#onTimer(), delayMs);
    this.#timer.unref();
  }

  #onTimer(): void {
    const now = this.#clock.now() + TIMER_SLACK_MS;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    let earliest = Number.POSITIVE_INFINITY;
    for (const request of [...this.#requests]) {
      if (request.deadlineMs <= now) request.onDeadline();
      else earliest = Math.min(earliest, request.deadlineMs);
    }
    if (earliest < this.#timerAtMs) this.#setTimer(earliest);
  }
}

/** That of numbers, as which an empty one begins, would be another kind of list to compiled code. */
function emptyList(): InFlightRequest[] {
  const list = [NOBODY];
  list.pop();
  return list;
}
