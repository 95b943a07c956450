import { LoadwrightError } from '../../../errors.js';
import { parseDuration } from '../../../options/parse-duration.js';
import type { Expectation, QueryValue, RequestBody, RequestOptions, RequestTarget } from './http-types.js';
import type { Session } from './session.js';

/** A request ready to be sent. Redirects change method, origin, path, headers and body as they are followed. */
export interface PreparedRequest {
  method: string;
  /** The method it is counted under, whatever redirects make of it. */
  readonly recordedMethod: string;
  readonly name: string;
  origin: URL;
  path: string;
  headers: string[];
  body: string | Buffer | null | AsyncIterable<unknown>;
  readonly bodyBytes: number;
  readonly timeoutMs: number;
  readonly expect: Expectation | undefined;
  readonly isRequired: boolean;
  readonly discardsBody: boolean;
  readonly followsRedirects: boolean;
}

export interface EncodedBody {
  content: PreparedRequest['body'];
  contentType: string | undefined;
  bytes: number;
}

const NO_OPTIONS: RequestOptions = {};
const NO_BODY: EncodedBody = { content: null, contentType: undefined, bytes: 0 };
const METHOD = /^[A-Z][A-Z-]*$/;

/** Turns what a task asked for into what is sent. `body` is given if it had to be encoded asynchronously. */
export function prepareRequest(
  session: Session,
  input: { method: string; target: RequestTarget; options?: RequestOptions | undefined; body?: EncodedBody },
): PreparedRequest {
  const { method, target, options = NO_OPTIONS } = input;
  if (!METHOD.test(method) || method === 'CONNECT') throw invalid(`"${method}" is not a method that can be sent.`);
  const { origin, path, name, auth } = resolveTarget(session, target);
  const body = input.body ?? encodeBody(options);
  const fullPath = options.query === undefined ? path : appendQuery(path, options.query);
  const timeout = options.timeout ?? session.defaults.timeout;
  return {
    method,
    recordedMethod: method,
    name: options.name ?? name,
    origin,
    path: fullPath,
    headers: collectHeaders(session, options, { origin, path: fullPath, auth, contentType: body.contentType }),
    body: body.content,
    bodyBytes: body.bytes,
    timeoutMs: timeout === undefined ? session.engine.settings.timeoutMs : parseTimeout(timeout),
    expect: options.expect,
    isRequired: options.required === true,
    discardsBody: options.body === 'discard' || session.defaults.body === 'discard',
    followsRedirects: options.followRedirects !== false,
  };
}

/** True if a body can only be encoded asynchronously. */
export function needsAsyncEncoding(options: RequestOptions | undefined): boolean {
  if (options === undefined) return false;
  return options.multipart !== undefined || options.body instanceof FormData || options.body instanceof Blob;
}

interface ResolvedTarget {
  origin: URL;
  path: string;
  name: string;
  /** From the address itself: `http://user:password@host/`. */
  auth: RequestOptions['auth'];
}

function resolveTarget(session: Session, target: RequestTarget): ResolvedTarget {
  if (typeof target === 'string') return resolveText(session, target, undefined);
  if (target instanceof URL) return resolveText(session, target.href, undefined);
  const [template, values] = target;
  const path = template.replace(/:([A-Za-z_]\w*)/g, (_whole, key: string) => {
    const value = values[key];
    if (value === undefined) throw invalid(`The path template "${template}" has no value for ":${key}".`);
    return encodeURIComponent(String(value));
  });
  return resolveText(session, path, template);
}

function resolveText(session: Session, text: string, template: string | undefined): ResolvedTarget {
  if (text.charCodeAt(0) === 47 && text.charCodeAt(1) !== 47) {
    const { base } = session;
    if (base === undefined) {
      throw new LoadwrightError('ERR_HOST_MISSING', {
        message: `"${text}" is a relative path, but no host was given.`,
        hint: '--host http://localhost:8000   or   host: in defineTest or defineUser',
      });
    }
    const prefix = base.pathname === '/' ? '' : base.pathname.replace(/\/$/, '');
    const path = encodePath(prefix + text);
    return { origin: base, path, name: template ?? nameOf(text), auth: session.baseAuth };
  }
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw invalid(`"${text}" is neither a path that starts with "/" nor an http address.`);
  }
  const url = new URL(text);
  const origin = session.base?.origin === url.origin ? session.base : session.engine.originOf(url.origin)!;
  const name = template ?? (origin === session.base ? nameOf(url.pathname) : url.origin + url.pathname);
  return { origin, path: url.pathname + url.search, name, auth: readCredentials(url) };
}

function nameOf(path: string): string {
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

/** Paths are ASCII on the wire; most already are. */
function encodePath(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is control characters that must not be sent
  if (!/[^\x21-\x7e]|#/.test(path)) return path;
  const url = new URL(path, 'http://path.invalid');
  return url.pathname + url.search;
}

function appendQuery(path: string, query: NonNullable<RequestOptions['query']>): string {
  const text = (query instanceof URLSearchParams ? query : toSearchParams(query)).toString();
  if (text === '') return path;
  return path + (path.includes('?') ? '&' : '?') + text;
}

export function toSearchParams(values: Readonly<Record<string, QueryValue | readonly QueryValue[]>>): URLSearchParams {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) params.append(key, String(item));
    }
  }
  return params;
}

function encodeBody(options: RequestOptions): EncodedBody {
  const { json, form, body } = options;
  const hasBody = body !== undefined && body !== 'discard';
  if (json === undefined && form === undefined && !hasBody) return NO_BODY;
  if (Number(json !== undefined) + Number(form !== undefined) + Number(hasBody) > 1) {
    throw invalid('A request takes one of "json", "form", "multipart" and "body", but got several.');
  }
  if (json !== undefined) return encodeText(JSON.stringify(json), 'application/json');
  if (form !== undefined) return encodeForm(form instanceof URLSearchParams ? form : toSearchParams(form));
  return encodeRaw(body as RequestBody);
}

function encodeText(text: string, contentType: string): EncodedBody {
  const content = Buffer.from(text);
  return { content, contentType, bytes: content.length };
}

function encodeForm(params: URLSearchParams): EncodedBody {
  return encodeText(params.toString(), 'application/x-www-form-urlencoded;charset=UTF-8');
}

function encodeRaw(body: RequestBody): EncodedBody {
  if (typeof body === 'string') return encodeText(body, 'text/plain;charset=UTF-8');
  if (body instanceof URLSearchParams) return encodeForm(body);
  if (body instanceof ArrayBuffer) return { content: Buffer.from(body), contentType: undefined, bytes: body.byteLength };
  if (body instanceof Uint8Array) {
    const content = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    return { content, contentType: undefined, bytes: content.length };
  }
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body) {
    return { content: body as AsyncIterable<unknown>, contentType: undefined, bytes: 0 };
  }
  throw invalid(`"body" must be text, bytes, a form, a blob or a stream, but got ${typeof body}.`);
}

function collectHeaders(
  session: Session,
  options: RequestOptions,
  about: { origin: URL; path: string; auth: RequestOptions['auth']; contentType: string | undefined },
): string[] {
  const headers = session.engine.baseHeaders.slice();
  const { defaults, base } = session;
  const isHome = about.origin === base || base === undefined;
  if (about.contentType !== undefined) headers.push('content-type', about.contentType);
  // A token meant for the host under test is not for others.
  if (isHome) setAuth(headers, defaults.auth);
  if (defaults.headers !== undefined) {
    setAll(headers, defaults.headers, isHome ? undefined : 'authorization');
  }
  setAuth(headers, options.auth ?? about.auth);
  if (options.headers !== undefined) setAll(headers, options.headers, undefined);
  if (!session.cookies.isEmpty) {
    const cookie = session.cookies.headerFor(about.origin.origin + about.path);
    if (cookie !== undefined) joinCookie(headers, cookie);
  }
  return headers;
}

function setAll(headers: string[], values: Readonly<Record<string, string | undefined>>, except: string | undefined): void {
  for (const key in values) {
    const value = values[key];
    const name = key.toLowerCase();
    if (value !== undefined && name !== except) setHeader(headers, name, value);
  }
}

function setHeader(headers: string[], name: string, value: string): void {
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] !== name) continue;
    headers[at + 1] = value;
    return;
  }
  headers.push(name, value);
}

function joinCookie(headers: string[], cookie: string): void {
  const at = headers.indexOf('cookie');
  if (at >= 0 && at % 2 === 0) headers[at + 1] += `; ${cookie}`;
  else headers.push('cookie', cookie);
}

function setAuth(headers: string[], auth: RequestOptions['auth']): void {
  if (auth === undefined) return;
  if ('bearer' in auth) {
    setHeader(headers, 'authorization', `Bearer ${auth.bearer}`);
    return;
  }
  const credentials = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
  setHeader(headers, 'authorization', `Basic ${credentials}`);
}

export function readCredentials(url: URL): RequestOptions['auth'] {
  if (url.username === '') return undefined;
  return { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
}

function parseTimeout(timeout: string | number): number {
  if (typeof timeout === 'number' && timeout > 600) {
    throw invalid(`"timeout" is in seconds, so ${timeout} is probably meant as milliseconds: write "${timeout}ms".`);
  }
  const timeoutMs = parseDuration(timeout);
  if (timeoutMs === undefined || timeoutMs <= 0) {
    throw invalid(`"timeout" must be a time such as "400ms" or "5s", but the scenario gave ${JSON.stringify(timeout)}.`);
  }
  return timeoutMs;
}

function invalid(message: string): LoadwrightError {
  return new LoadwrightError('ERR_REQUEST_INVALID', { message });
}
