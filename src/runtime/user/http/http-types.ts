import type { Duration } from '../define-test.js';

/** A path that starts with `/`, an absolute URL, or a template with its values: `['/products/:id/', { id }]`. */
export type RequestTarget =
  | string
  | URL
  | readonly [template: string, values: Readonly<Record<string, string | number>>];

export type QueryValue = string | number | boolean | null | undefined;

/** Raw request bodies. A stream is sent as it is read and cannot be sent again after a redirect. */
export type RequestBody =
  | string
  | Uint8Array
  | ArrayBuffer
  | Blob
  | FormData
  | URLSearchParams
  | AsyncIterable<Uint8Array | string>;

/** A part of a multipart body: a field, or a file with its name. */
export type MultipartValue =
  | string
  | number
  | boolean
  | Blob
  | { content: string | Uint8Array; filename?: string; type?: string };

/** `true` or nothing passes; a string is the reason of the failure; `false` and errors fail too. */
export type ExpectFunction = (response: HttpResponse) => boolean | string | undefined;

/** What makes a request a success; decided before it is recorded. Without a status, 200-399 is success. */
export type Expectation =
  | number
  | readonly number[]
  | ExpectFunction
  | { status?: number | readonly number[]; body?: ExpectFunction };

export interface RequestOptions {
  /** The request's name in reports; the path without its query if not given. */
  name?: string;
  headers?: Readonly<Record<string, string | undefined>>;
  /** Added to the path's query; lists repeat the key, `undefined` and `null` leave it out. */
  query?: Readonly<Record<string, QueryValue | readonly QueryValue[]>> | URLSearchParams;
  /** Sent as JSON. One of `json`, `form`, `multipart` and `body` at most. */
  json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  form?: Readonly<Record<string, QueryValue | readonly QueryValue[]>> | URLSearchParams;
  /** Sent as `multipart/form-data`. */
  multipart?: Readonly<Record<string, MultipartValue | readonly MultipartValue[]>> | FormData;
  /** A raw body to send, or `'discard'`: do not keep the answer's body (to send that very word, give bytes). */
  body?: RequestBody | 'discard';
  auth?: { username: string; password: string } | { bearer: string };
  /** For the whole request, redirects included: text such as `400ms`, or seconds. */
  timeout?: Duration;
  expect?: Expectation;
  /** If the request fails, the task (in `onStart`: the user) ends here. */
  required?: boolean;
  /** `false`: a redirect is the answer. */
  followRedirects?: boolean;
  /** Annotate this request's numbers, for thresholds such as `http_req_duration{page:cart}`. */
  labels?: Readonly<Record<string, string>>;
}

/** Applied to every request of the user; what a request names wins. */
export type RequestDefaults = Pick<RequestOptions, 'headers' | 'timeout' | 'auth'> & { body?: 'discard' };

/** Where the time of a request went, in milliseconds. Over several hops: the sum. */
export interface Timings {
  /** Waiting for a free connection, and at most for the end of the turn of the event loop in which it was asked for. */
  blockedMs: number;
  /** Name look-up and TCP; 0 on a connection that was there. */
  connectingMs: number;
  tlsMs: number;
  /** From the request sent to the answer's headers. */
  waitingMs: number;
  /** From the headers to the last byte; over plain connections 0 where both arrived together. */
  receivingMs: number;
  /** All of it: from dispatch to the last byte. */
  serviceMs: number;
}

/** An answer, or what is known of a request that got none. Bodies are decoded when asked for. */
export interface HttpResponse {
  /** HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** True if the request counts as a success. */
  readonly ok: boolean;
  /** Why it does not. */
  readonly error: string | undefined;
  readonly headers: Headers;
  /** The address that answered, after redirects. */
  readonly url: string;
  readonly timings: Timings;
  text(): string;
  /**
   * The body as JSON.
   *
   * @throws Error if it is not JSON: inside `expect` that fails the request, in a task it ends the task
   */
  json<T = unknown>(): T;
  bytes(): Uint8Array;
}

/**
 * Requests of one user. Every method resolves to a response, also when the request failed: look at `ok`.
 *
 * When the run stops, pending requests reject with `UserStopped`; those on the wire are still waited for and counted.
 *
 * @throws LoadwrightError `ERR_REQUEST_INVALID` for what cannot be sent, `ERR_HOST_MISSING` for a relative path without
 * a host, `ERR_HTTP_INSIDE_MEASURE`; and an error when `required` and failed
 */
export interface HttpClient {
  get(target: RequestTarget, options?: RequestOptions): Promise<HttpResponse>;
  head(target: RequestTarget, options?: RequestOptions): Promise<HttpResponse>;
  options(target: RequestTarget, options?: RequestOptions): Promise<HttpResponse>;
  delete(target: RequestTarget, options?: RequestOptions): Promise<HttpResponse>;
  post(target: RequestTarget, options?: RequestOptions): Promise<HttpResponse>;
  put(target: RequestTarget, options?: RequestOptions): Promise<HttpResponse>;
  patch(target: RequestTarget, options?: RequestOptions): Promise<HttpResponse>;
  /** Any method. */
  request(method: string, target: RequestTarget, options?: RequestOptions): Promise<HttpResponse>;
  /** Replaces the user's defaults; headers are merged with those of each request. */
  setDefaults(defaults: RequestDefaults): void;
}
