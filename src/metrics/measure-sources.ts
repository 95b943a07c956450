/** Who did what is counted. */
export interface MeasureSource {
  load: string;
  /** The kind of user. */
  user: string;
  group: string | undefined;
  /** Own labels: of the load and of `--label`. */
  labels: Readonly<Record<string, string>>;
}

export type LabelValue = string | number | boolean;

/** A finished request, as measures take it. The same object may be used again for the next one. */
export interface RequestNumbers {
  method: string;
  name: string;
  /** HTTP status; 0 if there was none. */
  status: number;
  /** Why it failed; undefined if it succeeded. */
  error: string | undefined;
  /** From the instant it was meant to start: the service time, and for the first of an iteration that began late its lag. */
  responseMs: number;
  /** From dispatch to the last byte. */
  serviceMs: number;
  /** Undefined where there was no such phase, as in `measure`. */
  waitingMs: number | undefined;
  connectingMs: number | undefined;
  tlsMs: number | undefined;
  bytesSent: number;
  bytesReceived: number;
  source: MeasureSource;
  /** Own labels of this request alone. */
  labels?: Readonly<Record<string, string>> | undefined;
}

/** The value of a label; empty if there is none. */
export type ReadLabel = (label: string) => string;

/** What a request gives to each request metric; undefined: nothing. */
export const REQUEST_VALUES: ReadonlyMap<string, (request: RequestNumbers) => number | undefined> = new Map([
  ['http_req_duration', (request: RequestNumbers) => request.responseMs],
  ['http_req_service', (request: RequestNumbers) => request.serviceMs],
  ['http_req_failed', (request: RequestNumbers) => (request.error === undefined ? 0 : 1)],
  ['http_reqs', () => 1],
  ['http_req_waiting', (request: RequestNumbers) => request.waitingMs],
  ['http_req_connecting', (request: RequestNumbers) => request.connectingMs],
  ['http_req_tls', (request: RequestNumbers) => request.tlsMs],
  ['data_sent', (request: RequestNumbers) => request.bytesSent],
  ['data_received', (request: RequestNumbers) => request.bytesReceived],
]);

/** Built-in labels first, then the request's own, then its load's. */
export function readRequestLabel(request: RequestNumbers, label: string): string {
  switch (label) {
    case 'name':
      return request.name;
    case 'method':
      return request.method;
    case 'status':
      return String(request.status);
    case 'error':
      return request.error ?? '';
    case 'expected':
      return request.error === undefined ? 'true' : 'false';
    default:
      return readSourceLabel(request.source, label, request.labels);
  }
}

export function readSourceLabel(
  source: MeasureSource,
  label: string,
  own?: Readonly<Record<string, LabelValue>>,
): string {
  switch (label) {
    case 'load':
      return source.load;
    case 'user':
      return source.user;
    case 'group':
      return source.group ?? '';
    default:
      return readOwn(own, label) ?? readOwn(source.labels, label) ?? '';
  }
}

/** For a metric of the scenario: what `record` was given says it best. */
export function readRecordLabel(
  source: MeasureSource,
  label: string,
  own: Readonly<Record<string, LabelValue>> | undefined,
): string {
  return readOwn(own, label) ?? readSourceLabel(source, label);
}

function readOwn(labels: Readonly<Record<string, LabelValue>> | undefined, label: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, label) ? String(labels[label]) : undefined;
}
