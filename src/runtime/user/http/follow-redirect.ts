import type { PreparedRequest } from './prepare-request.js';
import { findHeader, type RawHeaders } from './raw-headers.js';
import { addCookies } from './request-headers.js';
import type { Session } from './session.js';
import { StreamedBody } from './streamed-body.js';
import { TRACEPARENT } from './trace-source.js';

/** Headers that describe a body that is not sent any more, or belong to one origin alone. */
const BODY_HEADERS = new Set(['content-type', 'content-length', 'content-encoding', 'content-language']);
const ORIGIN_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization', 'host']);

/** Where an answer sends the request to (RFC 9110, 15.4), or undefined if it is the answer itself. */
export function findRedirect(status: number, headers: RawHeaders): string | undefined {
  if (status !== 301 && status !== 302 && status !== 303 && status !== 307 && status !== 308) return undefined;
  const location = findHeader(headers, 'location');
  // Addresses should be ASCII; those that are not are UTF-8 wherever they work at all.
  return location === undefined ? undefined : Buffer.from(location, 'latin1').toString('utf8');
}

/**
 * Turns a request into the one a redirect asks for (RFC 9110, 15.4; POST becomes GET as in Fetch, 4.4).
 *
 * @returns why it cannot be followed, or undefined
 */
export function planRedirect(
  request: PreparedRequest,
  { status, location }: { status: number; location: string },
  session: Session,
): string | undefined {
  const current = request.origin.origin + request.path;
  if (!URL.canParse(location, current)) return 'redirected to an invalid address';
  const next = new URL(location, current);
  if (next.protocol !== 'http:' && next.protocol !== 'https:')
    return `redirected to an unknown protocol: ${next.protocol}`;
  const isElsewhere = next.origin !== request.origin.origin;
  if (isElsewhere && session.engine.allowedOrigins?.allows(next) === false)
    return `redirect to ${next.origin}, which is not allowed (--allow-host ${next.host})`;
  const dropsBody = status === 303 ? request.method !== 'HEAD' : status < 303 && request.method === 'POST';
  if (dropsBody) {
    request.method = 'GET';
    request.body = null;
  } else if (request.body instanceof StreamedBody) {
    return 'redirected, but a streamed body cannot be sent a second time';
  }
  request.headers = keepHeaders(request, { dropsBody, isElsewhere });
  if (isElsewhere) request.origin = session.engine.originOf(next.origin)!;
  request.path = next.pathname + next.search;
  request.ownCookie = addCookies(request.headers, session.cookies.headerFor(next.href));
  return undefined;
}

/** The headers that are still right for the next hop, the scenario's own cookie among them. */
function keepHeaders(request: PreparedRequest, about: { dropsBody: boolean; isElsewhere: boolean }): string[] {
  const headers: string[] = [];
  const isTraced = request.traceId !== undefined;
  for (let at = 0; at + 1 < request.headers.length; at += 2) {
    const name = request.headers[at]!;
    if (about.dropsBody && BODY_HEADERS.has(name)) continue;
    if (about.isElsewhere && (ORIGIN_HEADERS.has(name) || (isTraced && name === TRACEPARENT))) continue;
    const value = name === 'cookie' && request.ownCookie !== undefined ? request.ownCookie : request.headers[at + 1]!;
    if (value !== null) headers.push(name, value);
  }
  return headers;
}
