import { randomFillSync } from 'node:crypto';

export const TRACEPARENT = 'traceparent';

/** Random bytes of one request: 16 of the trace, 8 of its first span. */
const BYTES = 24;
const TRACE_DIGITS = 32;
/** `00`, trace, span and flags: those of later versions begin the same way. */
const FORM = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;
const NO_TRACE = '0'.repeat(TRACE_DIGITS);

/**
 * Begins traces: gives requests, or a share of them, a `traceparent`. Ids are random in every run, also in one with a
 * seed: whoever stores traces keeps those of all runs.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export class TraceSource {
  readonly #share: number;
  /** Asking for random bytes one request at a time would be dear. */
  readonly #bytes = Buffer.allocUnsafe(256 * BYTES);
  #next = this.#bytes.length;

  /** @param share of the requests, 0 to 1 */
  constructor(share: number) {
    this.#share = share;
  }

  /**
   * Adds a `traceparent` to headers, if there is none and the request is to have one.
   *
   * @param isHome false keeps it from other origins than the user's own
   * @returns the trace it is in
   */
  addTo(headers: string[], isHome: boolean): string | undefined {
    for (let at = 0; at < headers.length; at += 2) {
      if (headers[at] === TRACEPARENT) return readTraceId(headers[at + 1]!);
    }
    if (!isHome || (this.#share < 1 && Math.random() >= this.#share)) return undefined;
    const digits = this.#takeDigits();
    const traceId = digits.slice(0, TRACE_DIGITS);
    headers.push(TRACEPARENT, `00-${traceId}-${digits.slice(TRACE_DIGITS)}-01`);
    return traceId;
  }

  #takeDigits(): string {
    if (this.#next === this.#bytes.length) {
      randomFillSync(this.#bytes);
      this.#next = 0;
    }
    const from = this.#next;
    this.#next += BYTES;
    return this.#bytes.toString('hex', from, this.#next);
  }
}

function readTraceId(traceparent: string): string | undefined {
  const traceId = FORM.exec(traceparent)?.[1];
  return traceId === NO_TRACE ? undefined : traceId;
}
