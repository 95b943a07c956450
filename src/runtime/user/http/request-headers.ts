import { LoadwrightError } from '../../../errors.js';
import type { RequestOptions } from './http-types.js';
import type { Session } from './session.js';

type Auth = RequestOptions['auth'];

/** Header values are Latin-1 without control characters (RFC 9110, 5.5). */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;
/** A shorter one is looked through as quickly as it is remembered. */
const LONG_VALUE = 40;
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** What the connection writes itself. */
const RESERVED = new Set(['transfer-encoding', 'keep-alive', 'upgrade', 'expect']);
/** Not for other hosts than the one under test, if they come from the user's defaults. */
const CREDENTIALS = new Set(['authorization', 'cookie']);

/** Names as scenarios write them, checked, in lower case: a scenario has a handful. */
const checkedNames = new Map<string, string>();
const MOST_NAMES = 1000;

/** All headers of a request but its cookies, names and values in turn. */
export function collectHeaders(
  session: Session,
  options: RequestOptions,
  about: { origin: URL; auth: Auth; contentType: string | undefined },
): string[] {
  const headers = session.engine.baseHeaders.slice();
  const { defaults, home } = session;
  const isHome = home === undefined || about.origin === home;
  if (about.contentType !== undefined) headers.push('content-type', about.contentType);
  if (isHome) {
    if (session.homeAuth !== undefined) setAuth(session, headers, session.homeAuth);
    if (defaults.auth !== undefined) setAuth(session, headers, defaults.auth);
  }
  if (defaults.headers !== undefined) setAll(session, headers, { values: defaults.headers, isElsewhere: !isHome });
  if (about.auth !== undefined) setAuth(session, headers, about.auth);
  if (options.auth !== undefined) setAuth(session, headers, options.auth);
  if (options.headers !== undefined) setAll(session, headers, { values: options.headers, isElsewhere: false });
  return headers;
}

/** Adds the user's cookies to those that the request names itself. Gives the latter, or null. */
export function addCookies(headers: string[], cookie: string | undefined): string | null {
  const at = headers.indexOf('cookie');
  const own = at >= 0 && at % 2 === 0 ? headers[at + 1]! : null;
  if (cookie === undefined) return own;
  if (own === null) headers.push('cookie', cookie);
  else headers[at + 1] = `${own}; ${cookie}`;
  return own;
}

/** The name and password in an address. */
export function readCredentials(url: URL): Auth {
  if (url.username === '') return undefined;
  return { username: decodePart(url.username), password: decodePart(url.password) };
}

/** As it is, if it is no well-formed escape. */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function setAll(
  session: Session,
  headers: string[],
  { values, isElsewhere }: { values: NonNullable<RequestOptions['headers']>; isElsewhere: boolean },
): void {
  for (const key in values) {
    const given = values[key];
    if (given === undefined) continue;
    // Scenarios run without being type-checked.
    const value = typeof given === 'string' ? given : String(given);
    const name = checkedNames.get(key) ?? checkName(key);
    if (isElsewhere && CREDENTIALS.has(name)) continue;
    requireSendable(session, name, value);
    setHeader(headers, name, value);
  }
}

/** Looking through a token takes longer than seeing that it is still the same. */
function requireSendable(session: Session, name: string, value: string): void {
  if (value === session.sendableValue) return;
  if (UNSENDABLE.test(value)) {
    throw invalid(`The header "${name}" holds a character that headers cannot carry.`, 'encodeURIComponent(value)');
  }
  if (value.length >= LONG_VALUE) session.sendableValue = value;
}

function setHeader(headers: string[], name: string, value: string): void {
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] !== name) continue;
    headers[at + 1] = value;
    return;
  }
  headers.push(name, value);
}

function setAuth(session: Session, headers: string[], auth: NonNullable<Auth>): void {
  if ('bearer' in auth) {
    const value = `Bearer ${auth.bearer}`;
    requireSendable(session, 'authorization', value);
    setHeader(headers, 'authorization', value);
    return;
  }
  const credentials = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
  setHeader(headers, 'authorization', `Basic ${credentials}`);
}

function checkName(key: string): string {
  const name = key.toLowerCase();
  if (!NAME.test(name)) throw invalid(`"${key}" cannot be the name of a header.`);
  if (RESERVED.has(name)) throw invalid(`The header "${name}" is the connection's own and cannot be set.`);
  if (checkedNames.size < MOST_NAMES) checkedNames.set(key, name);
  return name;
}

function invalid(message: string, hint?: string): LoadwrightError {
  return new LoadwrightError('ERR_REQUEST_INVALID', { message, ...(hint === undefined ? {} : { hint }) });
}
