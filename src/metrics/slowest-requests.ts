/** How many of a request name are kept. */
export const MOST_SLOWEST = 5;

/** One of the slowest requests of a name that were sent with a trace. */
export interface SlowRequest {
  /** As its `traceparent` said: 32 hexadecimal digits. */
  traceId: string;
  serviceMs: number;
  /** HTTP status; 0 if there was none. */
  status: number;
  /** When it finished, in ms since the run started. */
  finishedAtMs: number;
  /** Why it failed. */
  error?: string;
}

/** Keeps the slowest of all it is told of, the slowest first; in whatever order they come. */
export class SlowestRequests {
  readonly #kept: SlowRequest[] = [];

  /** Whether a request of that length would be kept: asked before anything is made for it. */
  wants(serviceMs: number): boolean {
    return this.#kept.length < MOST_SLOWEST || serviceMs >= this.#kept[MOST_SLOWEST - 1]!.serviceMs;
  }

  add(request: SlowRequest): void {
    const kept = this.#kept;
    let at = kept.length;
    while (at > 0 && isBefore(request, kept[at - 1]!)) at--;
    kept.splice(at, 0, request);
    if (kept.length > MOST_SLOWEST) kept.length = MOST_SLOWEST;
  }

  merge(all: readonly SlowRequest[]): void {
    for (const request of all) if (this.wants(request.serviceMs)) this.add(request);
  }

  read(): SlowRequest[] {
    return this.#kept.map((request) => ({ ...request }));
  }
}

/** Of two that took as long, the earlier one; so that it does not matter who was told first. */
function isBefore(one: SlowRequest, other: SlowRequest): boolean {
  if (one.serviceMs !== other.serviceMs) return one.serviceMs > other.serviceMs;
  if (one.finishedAtMs !== other.finishedAtMs) return one.finishedAtMs < other.finishedAtMs;
  return one.traceId < other.traceId;
}
