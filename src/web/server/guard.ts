import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { RefusedRequest } from './problem.js';

/** Whom the server answers. */
export interface GuardPolicy {
  protocol: 'http' | 'https';
  port: number;
  /** Served to this machine alone. */
  isLoopback: boolean;
  /** Names, besides addresses and `localhost`, that the server is known by. */
  names: readonly string[];
  /** What a client has to know; undefined: nothing. */
  token: string | undefined;
}

/** Larger ones no request needs. */
export const MAX_BODY_BYTES = 64 * 1024;
const MAX_URL_LENGTH = 2_000;
const COOKIE = 'loadwright_token';
const METHODS = ['GET', 'HEAD', 'POST'];

/**
 * Refuses requests before anything of them is read or carried out: for hosts that this server is not, so that no name
 * that leads here by a trick counts as one; without the token; changes of state from other pages; and what is too large.
 */
export class Guard {
  readonly #policy: GuardPolicy;
  readonly #token: Buffer | undefined;

  constructor(policy: GuardPolicy) {
    this.#policy = policy;
    this.#token = policy.token === undefined ? undefined : digest(policy.token);
  }

  /**
   * @returns whether the token was in the address, where a cookie is to take its place
   * @throws RefusedRequest
   */
  check(request: IncomingMessage): { hasTokenInUrl: boolean } {
    const { method = '', url = '' } = request;
    this.#requireHost(request);
    if (url.length > MAX_URL_LENGTH || !url.startsWith('/')) throw new RefusedRequest('NOT_FOUND', 'No such address.');
    if (!METHODS.includes(method)) {
      throw new RefusedRequest('METHOD_REFUSED', `${method} means nothing here.`, { hint: METHODS.join(', ') });
    }
    const hasTokenInUrl = this.#requireToken(request);
    this.#requireOrigin(request);
    if (method === 'POST') requireSmallBody(request);
    return { hasTokenInUrl };
  }

  /** The cookie that stands for the token from here on. */
  cookie(): string {
    const secure = this.#policy.protocol === 'https' ? '; Secure' : '';
    return `${COOKIE}=${this.#policy.token ?? ''}; Path=/; HttpOnly; SameSite=Strict${secure}`;
  }

  #requireHost({ headers: { host = '' } }: IncomingMessage): void {
    const { port, protocol, isLoopback, names } = this.#policy;
    const found = /^(\[[0-9a-f:.]+\]|[^:[\]\s/@]+)(?::(\d{1,5}))?$/i.exec(host);
    const name = (found?.[1] ?? '').toLowerCase().replace(/^\[(.*)\]$/, '$1');
    const givenPort = found?.[2] === undefined ? (protocol === 'https' ? 443 : 80) : Number(found[2]);
    const isAddress = isLoopback ? isLoopbackAddress(name) : isIP(name) !== 0;
    if (givenPort === port && (isAddress || name === 'localhost' || names.includes(name))) return;
    const known = [isLoopback ? '127.0.0.1' : 'the address of this machine', 'localhost', ...names].join(', ');
    throw new RefusedRequest('HOST_REFUSED', `This server is not ${JSON.stringify(host.slice(0, 100))}.`, {
      hint: `It goes by ${known}, with port ${port}.`,
    });
  }

  /** As a header, as a cookie, or once in the address that was printed. */
  #requireToken({ headers, url = '', method }: IncomingMessage): boolean {
    if (this.#token === undefined) return false;
    const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    const cookie = readCookie(headers.cookie ?? '');
    if (bearer !== undefined ? this.#isToken(bearer) : cookie !== undefined && this.#isToken(cookie)) return false;
    const inUrl = method === 'GET' ? new URL(url, 'http://localhost').searchParams.get('token') : null;
    if (inUrl !== null && this.#isToken(inUrl)) return true;
    throw new RefusedRequest('TOKEN_NEEDED', 'Whoever asks has to know the token.', {
      hint: 'Open the address that Loadwright printed, or send   Authorization: Bearer <token>',
    });
  }

  #isToken(text: string): boolean {
    return this.#token !== undefined && timingSafeEqual(digest(text), this.#token);
  }

  /** Browsers say where a change comes from. Programs say nothing, which is allowed to those of this machine, or with the token as a header. */
  #requireOrigin({ headers, method, url = '' }: IncomingMessage): void {
    const site = headers['sec-fetch-site'];
    const isPage = method === 'GET' && new URL(url, 'http://localhost').pathname === '/';
    if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isPage) throw refuseOrigin(site.toString());
    if (method !== 'POST') return;
    const { protocol, isLoopback } = this.#policy;
    const { origin } = headers;
    if (origin !== undefined) {
      if (origin.toLowerCase() !== `${protocol}://${headers.host ?? ''}`.toLowerCase()) throw refuseOrigin(origin);
      return;
    }
    if (!isLoopback && headers.authorization === undefined)
      throw refuseOrigin('a request that does not say where from');
  }
}

export function isLoopbackAddress(address: string): boolean {
  return isIP(address) === 4 ? address.startsWith('127.') : /^(?:::1|::ffff:127\.[\d.]+)$/i.test(address);
}

function requireSmallBody({ headers }: IncomingMessage): void {
  const length = headers['content-length'];
  if (length === undefined && headers['transfer-encoding'] === undefined) return;
  if (length === undefined) {
    throw new RefusedRequest('LENGTH_NEEDED', 'A body has to say how long it is.', { hint: 'Content-Length' });
  }
  if (Number(length) <= MAX_BODY_BYTES) return;
  throw new RefusedRequest('BODY_TOO_LARGE', `A body may have ${MAX_BODY_BYTES} bytes, but this one has ${length}.`);
}

function refuseOrigin(from: string): RefusedRequest {
  return new RefusedRequest(
    'ORIGIN_REFUSED',
    `Only this server's own page may ask for this, not ${from.slice(0, 100)}.`,
  );
}

function readCookie(header: string): string | undefined {
  for (const pair of header.split(';')) {
    const [name, value] = pair.split('=', 2);
    if (name?.trim() === COOKIE) return value?.trim();
  }
  return undefined;
}

/** Of equal length, whatever was given. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
