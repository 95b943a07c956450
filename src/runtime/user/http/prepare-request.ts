import { LoadwrightError } from '../../../errors.js';
import { isBuiltInLabel } from '../../../metrics/metric-table.js';
import { nearestName } from '../../../options/nearest-name.js';
import { looksLikeMilliseconds, parseDuration } from '../../../options/parse-duration.js';
import type { OutgoingRequest } from './connection.js';
import { type EncodedBody, encodeBody, toSearchParams } from './encode-body.js';
import type { Expectation, RequestDefaults, RequestOptions, RequestTarget } from './http-types.js';
import { encodePath, nameOf } from './path-cache.js';
import { addCookies, collectHeaders, readCredentials } from './request-headers.js';
import type { Session } from './session.js';

/** A request ready to be sent. Redirects change method, origin, path, headers and body as they are followed. */
export interface PreparedRequest extends OutgoingRequest {
  /** The method it is counted under, whatever redirects make of it. */
  readonly recordedMethod: string;
  readonly name: string;
  origin: URL;
  /** The `cookie` header without the user's cookies; null if there is none, undefined if the user has no cookies yet. */
  ownCookie: string | null | undefined;
  readonly timeoutMs: number;
  readonly expect: Expectation | undefined;
  readonly isRequired: boolean;
  readonly followsRedirects: boolean;
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** Of the trace that it begins; undefined without one. */
  readonly traceId: string | undefined;
}

const NO_OPTIONS: RequestOptions = {};
/** Every key of `RequestOptions`; a type error if one is missing. */
const KNOWN_OPTIONS: Readonly<Record<keyof RequestOptions, true>> = {
  name: true,
  headers: true,
  query: true,
  json: true,
  form: true,
  multipart: true,
  body: true,
  auth: true,
  timeout: true,
  expect: true,
  required: true,
  followRedirects: true,
  labels: true,
};
const METHOD = /^[A-Z][A-Z-]*$/;

/** Turns what a task asked for into what is sent. `body` is given if it had to be encoded asynchronously. */
export function prepareRequest(
  session: Session,
  input: { method: string; target: RequestTarget; options?: RequestOptions | undefined; body?: EncodedBody },
): PreparedRequest {
  const { method, target, options = NO_OPTIONS } = input;
  const { cookies, engine } = session;
  requireKnownOptions(options);
  if (options.labels !== undefined) requireOwnLabels(options.labels);
  const { origin, path, name, auth } = resolveTarget(session, target);
  engine.requireAllowed(origin);
  if (session.home === undefined) refuseStrayCredentials(session.defaults);
  const { content, contentType } = input.body ?? encodeBody(options);
  const fullPath = options.query === undefined ? path : appendQuery(path, options.query);
  const timeout = options.timeout ?? session.defaults.timeout;
  const headers = collectHeaders(session, options, { origin, auth, contentType });
  return {
    method,
    recordedMethod: method,
    name: options.name ?? name,
    origin,
    path: fullPath,
    headers,
    ownCookie: cookies.isEmpty ? undefined : addCookies(headers, cookies.headerFor(origin.origin + fullPath)),
    body: content,
    reset: engine.settings.connectionReuse === 'none',
    timeoutMs: timeout === undefined ? engine.settings.timeoutMs : parseTimeout(timeout),
    expect: options.expect,
    isRequired: options.required === true,
    discardsBody: options.body === 'discard' || session.defaults.body === 'discard',
    followsRedirects: options.followRedirects !== false && engine.settings.maxRedirects > 0,
    labels: options.labels,
    traceId: engine.traces?.addTo(headers, session.home === undefined || origin === session.home),
  };
}

/** @throws LoadwrightError `ERR_REQUEST_INVALID` for what is no method, in capitals, or has no answer of its own */
export function requireMethod(method: string): void {
  if (METHOD.test(method) && method !== 'CONNECT') return;
  throw invalid(`"${method}" is not a method that can be sent.`);
}

/** Scenarios run without being type-checked: a misspelt `expect` would expect nothing. */
function requireKnownOptions(options: RequestOptions): void {
  for (const key in options) {
    if (key in KNOWN_OPTIONS) continue;
    const nearest = nearestName(key, Object.keys(KNOWN_OPTIONS));
    throw invalid(`A request has no option "${key}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`);
  }
}

/** A label of a name that requests have by themselves would be without effect. */
function requireOwnLabels(labels: NonNullable<RequestOptions['labels']>): void {
  for (const key in labels) {
    if (!isBuiltInLabel(key)) continue;
    throw new LoadwrightError('ERR_REQUEST_INVALID', {
      message: `A request has the label "${key}" by itself, but the scenario gave it one of that name, "${labels[key]}".`,
      hint: key === 'name' ? `name: '${labels[key]}'` : `labels: { my_${key}: '${labels[key]}' }`,
    });
  }
}

/** Credentials among the defaults are for the user's own host: without one, whoever is asked would get them. */
function refuseStrayCredentials({ auth, headers }: RequestDefaults): void {
  const isCredential = (name: string) => headers![name] !== undefined && /^(?:authorization|cookie)$/i.test(name);
  if (auth === undefined && (headers === undefined || !Object.keys(headers).some(isCredential))) return;
  throw new LoadwrightError('ERR_REQUEST_INVALID', {
    message: 'The defaults hold credentials, which are for the host of the user alone, but no host was given.',
    hint: '--host http://localhost:8000   or   auth: or headers: of each request',
  });
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
  if (!Array.isArray(target))
    throw invalid(`A request's target must be a path, a URL or a template, not ${typeof target}.`);
  const [template, values] = target as unknown as [string, Readonly<Record<string, string | number>>];
  const path = template.replace(/:([A-Za-z_]\w*)/g, (_whole, key: string) => {
    const value = values[key] as string | number | null | undefined;
    if (value === undefined || value === null || value === '') {
      throw invalid(`The path template "${template}" has no value for ":${key}".`);
    }
    return encodeURIComponent(String(value));
  });
  return resolveText(session, path, nameOf(template));
}

function resolveText(session: Session, text: string, template: string | undefined): ResolvedTarget {
  const { home } = session;
  if (text.charCodeAt(0) === 47 && text.charCodeAt(1) !== 47) {
    if (home === undefined) {
      throw new LoadwrightError('ERR_HOST_MISSING', {
        message: `"${text}" is a relative path, but no host was given.`,
        hint: '--host http://localhost:8000   or   host: in defineTest or defineUser',
      });
    }
    if (template !== undefined) {
      return { origin: home, path: encodePath(session.pathPrefix + text), name: template, auth: undefined };
    }
    const { path, name } = session.engine.paths.find(session.pathPrefix, text);
    return { origin: home, path, name, auth: undefined };
  }
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw invalid(`"${text}" is neither a path that starts with "/" nor an http address.`);
  }
  const url = new URL(text);
  const origin = home?.origin === url.origin ? home : session.engine.originOf(url.origin)!;
  const name = template ?? (origin === home ? nameOf(url.pathname) : url.origin + url.pathname);
  return { origin, path: url.pathname + url.search, name, auth: readCredentials(url) };
}

function appendQuery(path: string, query: NonNullable<RequestOptions['query']>): string {
  const text = (query instanceof URLSearchParams ? query : toSearchParams(query)).toString();
  if (text === '') return path;
  if (!path.includes('?')) return `${path}?${text}`;
  return path.endsWith('?') || path.endsWith('&') ? path + text : `${path}&${text}`;
}

function parseTimeout(timeout: string | number): number {
  if (looksLikeMilliseconds(timeout)) {
    throw invalid(`"timeout" is in seconds, so ${timeout} is probably meant as milliseconds: write "${timeout}ms".`);
  }
  const timeoutMs = parseDuration(timeout);
  if (timeoutMs === undefined || timeoutMs <= 0) {
    throw invalid(
      `"timeout" must be a time such as "400ms" or "5s", but the scenario gave ${JSON.stringify(timeout)}.`,
    );
  }
  return timeoutMs;
}

function invalid(message: string): LoadwrightError {
  return new LoadwrightError('ERR_REQUEST_INVALID', { message });
}
