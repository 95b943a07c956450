import type { HttpClient, HttpResponse, RequestOptions } from 'loadwright';

/** One user's tokens, and when they were received. */
export interface Tokens {
  access: string;
  refresh: string;
  /** When to renew, on the clock of `performance.now()`. */
  renewAtMs: number;
}

interface TokenAnswer {
  access: string;
  refresh: string;
}

/** Renewed when this much of its life is over: the server's clock need not agree with ours. */
const SHARE_OF_LIFE = 0.9;

const hasAccess = (response: HttpResponse) => Boolean(response.json<TokenAnswer>().access) || 'no access token';

/** Logs in; without a token there is nothing to do, so the user ends if this fails. */
export async function logIn(http: HttpClient, username: string): Promise<Tokens> {
  const response = await http.post('/api/token/', {
    name: '01_jwt_auth',
    json: { username, password: 'password' },
    expect: { status: 200, body: hasAccess },
    required: true,
  });
  const { access, refresh } = response.json<TokenAnswer>();
  return { access, refresh, renewAtMs: readRenewal(access) };
}

/** Trades the refresh token for a new access token. */
async function renew(http: HttpClient, tokens: Tokens): Promise<void> {
  const response = await http.post('/api/token/refresh/', {
    name: '01_jwt_refresh',
    json: { refresh: tokens.refresh },
    expect: { status: 200, body: hasAccess },
    required: true,
  });
  tokens.access = response.json<TokenAnswer>().access;
  tokens.renewAtMs = readRenewal(tokens.access);
}

type Send = (options: RequestOptions) => Promise<HttpResponse>;

/**
 * Sends a request with a token that is still good: renews it before it expires, and once when the server says 401
 * nevertheless. That 401 is no failure of the request; a second one is.
 */
export async function withToken(
  http: HttpClient,
  tokens: Tokens,
  send: Send,
  options: RequestOptions,
): Promise<HttpResponse> {
  if (performance.now() >= tokens.renewAtMs) await renew(http, tokens);
  const first = await send({ ...options, headers: authorize(tokens), expect: orUnauthorized(options.expect) });
  if (first.status !== 401) return first;
  await renew(http, tokens);
  return send({ ...options, headers: authorize(tokens) });
}

function authorize({ access }: Tokens): Record<string, string> {
  return { authorization: `Bearer ${access}` };
}

/** Adds 401 to what counts as a success. */
function orUnauthorized(expect: RequestOptions['expect']): RequestOptions['expect'] {
  const { status, body } = expect as {
    status: number[];
    body: (response: HttpResponse) => boolean | string | undefined;
  };
  return { status: [...status, 401], body: (response) => response.status === 401 || body(response) };
}

function readRenewal(access: string): number {
  const claims = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()) as {
    exp: number;
    iat: number;
  };
  return performance.now() + (claims.exp - claims.iat) * 1000 * SHARE_OF_LIFE;
}
