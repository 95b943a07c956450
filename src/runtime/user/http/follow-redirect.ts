import type { PreparedRequest } from './prepare-request.js';
import type { Session } from './session.js';

/** Headers that describe a body that is not sent any more, or belong to one origin alone. */
const BODY_HEADERS = new Set(['content-type', 'content-length', 'content-encoding', 'content-language']);
const ORIGIN_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization', 'host']);

/**
 * Turns a request into the one a redirect asks for (RFC 9110, 15.4; POST becomes GET as in Fetch, 4.4).
 *
 * @returns why it cannot be followed, or undefined
 */
export function planRedirect(
  request: PreparedRequest,
  status: number,
  location: string,
  session: Session,
): string | undefined {
  const current = request.origin.origin + request.path;
  if (!URL.canParse(location, current)) return `redirected to an invalid address: ${location}`;
  const next = new URL(location, current);
  if (next.protocol !== 'http:' && next.protocol !== 'https:') return `redirected to an unknown protocol: ${next.protocol}`;
  const dropsBody = status === 303 ? request.method !== 'HEAD' : status < 303 && request.method === 'POST';
  if (dropsBody) {
    request.method = 'GET';
    request.body = null;
  } else if (request.body !== null && typeof request.body !== 'string' && !Buffer.isBuffer(request.body)) {
    return 'redirected, but a streamed body cannot be sent a second time';
  }
  const isElsewhere = next.origin !== request.origin.origin;
  const headers: string[] = [];
  for (let at = 0; at + 1 < request.headers.length; at += 2) {
    const name = request.headers[at]!.toLowerCase();
    if (dropsBody && BODY_HEADERS.has(name)) continue;
    if (name === 'cookie' || (isElsewhere && ORIGIN_HEADERS.has(name))) continue;
    headers.push(request.headers[at]!, request.headers[at + 1]!);
  }
  const cookie = session.cookies.headerFor(next.href);
  if (cookie !== undefined) headers.push('cookie', cookie);
  request.headers = headers;
  request.origin = isElsewhere ? (session.engine.originOf(next.origin) ?? next) : request.origin;
  request.path = next.pathname + next.search;
  return undefined;
}
