import type { HttpResponse, Timings } from './http-types.js';
import { findHeader, type RawHeaders, toHeaders } from './raw-headers.js';

/** `application/json`: no type with a charset worth looking at is as short. */
const LONGEST_BARE_TYPE = 16;
const EMPTY = new Uint8Array(0);

/** Thrown by `json()`; knows its response, so that a request already counted as failed is not counted again. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
  readonly response: HttpResponse;

  constructor(response: HttpResponse, message: string) {
    super(message);
    this.response = response;
  }
}

export interface ResponseParts {
  status: number;
  rawHeaders: RawHeaders;
  /** Decoded body, from `bodyFrom` on. */
  body: Buffer | undefined;
  bodyFrom: number;
  timings: Timings;
}

/** The answer a task gets. Text and JSON are decoded each time they are asked for, headers once. */
export class Response implements HttpResponse {
  readonly status: number;
  ok = true;
  error: string | undefined;
  readonly timings: Timings;
  readonly #rawHeaders: RawHeaders;
  #body: Buffer | undefined;
  #bodyFrom: number;
  readonly #target: { readonly origin: URL; readonly path: string };
  #headers: Headers | undefined;

  /** `target` says where the answer is from. */
  constructor(target: { readonly origin: URL; readonly path: string }, parts: ResponseParts) {
    this.#target = target;
    this.status = parts.status;
    this.timings = parts.timings;
    this.#rawHeaders = parts.rawHeaders;
    this.#body = parts.body;
    this.#bodyFrom = parts.bodyFrom;
  }

  get url(): string {
    return this.#target.origin.origin + this.#target.path;
  }

  get headers(): Headers {
    this.#headers ??= toHeaders(this.#rawHeaders);
    return this.#headers;
  }

  bytes(): Uint8Array {
    if (this.#bodyFrom > 0) {
      this.#body = this.#body!.subarray(this.#bodyFrom);
      this.#bodyFrom = 0;
    }
    return this.#body ?? EMPTY;
  }

  text(): string {
    const body = this.#body;
    if (body === undefined || body.length === this.#bodyFrom) return '';
    const charset = readCharset(this.#rawHeaders);
    if (charset === 'utf-8') {
      const text = body.toString('utf8', this.#bodyFrom);
      return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    }
    return decodeAs(charset, this.bytes());
  }

  json<T = unknown>(): T {
    const text = this.text();
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new NotJson(this, this.#describeNonJson(text));
    }
  }

  #describeNonJson(text: string): string {
    if (this.status === 0) return `there is no answer to read as JSON: ${this.error ?? 'the request failed'}`;
    const type = findHeader(this.#rawHeaders, 'content-type')?.split(';')[0];
    const found = text === '' ? 'an empty body' : type === undefined ? 'something else' : type;
    return `the answer is not JSON but ${found} (status ${this.status})`;
  }
}

function readCharset(rawHeaders: RawHeaders): string {
  if (rawHeaders.typeLength <= LONGEST_BARE_TYPE) return 'utf-8';
  const found = /charset="?([^";\s]+)/i.exec(findHeader(rawHeaders, 'content-type') ?? '');
  return found === null ? 'utf-8' : found[1]!.toLowerCase();
}

function decodeAs(charset: string, body: Uint8Array): string {
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}
