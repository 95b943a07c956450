import type { RequestNumbers } from './measure-sources.js';

/** One finished request, as the aggregate takes it. The same object may be used again for the next one. */
export interface Sample extends RequestNumbers {
  /** When it finished, on the process-wide clock. */
  finishedAtMs: number;
  /** Times a dead idle connection was replaced for this request. */
  reconnects: number;
  /** Redirects followed. */
  hops: number;
  /** What the answer said in `Server-Timing`, several headers joined by commas. */
  serverTiming?: string | undefined;
  /** Of the trace it was sent with. */
  traceId?: string | undefined;
}
