/** One finished request, as the aggregate takes it. The same object may be used again for the next one. */
export interface Sample {
  /** HTTP method, or the type given to `measure`. */
  method: string;
  name: string;
  /** When it finished, on the process-wide clock. */
  finishedAtMs: number;
  /** From dispatch to the last byte. */
  serviceMs: number;
  /** HTTP status; 0 if there was none. */
  status: number;
  /** Why it failed; undefined if it succeeded. */
  error: string | undefined;
  bytesReceived: number;
  bytesSent: number;
  /** Times a dead idle connection was replaced for this request. */
  reconnects: number;
  /** Redirects followed. */
  hops: number;
}
