import type { IncomingMessage } from 'node:http';
import { type Answer, answerDetail, answerJson, answerUnauthorized } from './answer.js';
import type { TokenVerdict } from './json-web-token.js';
import type { ListAddress } from './page-envelope.js';
import { readRequestBody } from './request-body.js';
import type { MatchRoute, RouteMatch } from './routes.js';
import { type Soon, whenReady } from './when-ready.js';

/** An answer, and the route pattern it counts under. */
export interface RoutedAnswer {
  readonly pattern: string;
  readonly answer: Answer;
}

export interface AnswerRequestParts {
  readonly matchRoute: MatchRoute;
  verifyToken(token: string, request: IncomingMessage): Soon<TokenVerdict>;
  /** `host:port` for links when a client names no host. */
  readonly defaultHost: () => string;
}

type Caller = { readonly userId: number } | { readonly refusal: Answer };

const NOBODY: Caller = { userId: 0 };
const NO_QUERY = new URLSearchParams();
const UNKNOWN_ROUTE = '(unknown)';

/**
 * Turns a request into its answer, in the order in which the real service looks at it: path, token, method, body.
 * Resolves to undefined when the client went away before its body was complete: nobody is there to be answered.
 */
export function createRequestAnswerer(parts: AnswerRequestParts) {
  return (request: IncomingMessage): Soon<RoutedAnswer | undefined> => {
    const url = request.url ?? '/';
    const queryStart = url.indexOf('?');
    const path = queryStart === -1 ? url : url.slice(0, queryStart);
    const match = parts.matchRoute(path);
    if (match === undefined)
      return answerUnmatched(parts.matchRoute, path, queryStart === -1 ? '' : url.slice(queryStart));

    const answerCaller = (caller: Caller): Soon<RoutedAnswer | undefined> => {
      const pattern = match.route.pattern;
      if ('refusal' in caller) return { pattern, answer: caller.refusal };
      const method = request.method ?? '';
      if (method !== match.route.method && !(method === 'HEAD' && match.route.method === 'GET')) {
        return { pattern, answer: refuseMethod(method, match) };
      }
      const query = queryStart === -1 ? NO_QUERY : new URLSearchParams(url.slice(queryStart + 1));
      const address = { host: request.headers.host || parts.defaultHost(), path, query };
      return answerRoute(request, match, { address, userId: caller.userId });
    };
    return match.route.needsToken ? whenReady(authenticate(request, parts), answerCaller) : answerCaller(NOBODY);
  };
}

function answerUnmatched(matchRoute: MatchRoute, path: string, search: string): RoutedAnswer {
  const slashed = path.endsWith('/') ? undefined : matchRoute(`${path}/`);
  if (slashed === undefined) return { pattern: UNKNOWN_ROUTE, answer: answerDetail(404, 'Not found.') };
  const headers = { location: `${path}/${search}` };
  return { pattern: slashed.route.pattern, answer: { status: 301, body: '', headers } };
}

function authenticate(request: IncomingMessage, { verifyToken }: AnswerRequestParts): Soon<Caller> {
  const [scheme, token, ...rest] = (request.headers.authorization ?? '').split(' ').filter((word) => word !== '');
  if (scheme !== 'Bearer') return { refusal: answerUnauthorized('Authentication credentials were not provided.') };
  if (token === undefined || rest.length > 0) {
    const detail = 'Authorization header must contain two space-delimited values';
    return { refusal: answerUnauthorized(detail, { code: 'bad_authorization_header' }) };
  }
  return whenReady(verifyToken(token, request), judgeToken);
}

function judgeToken(verdict: TokenVerdict): Caller {
  if (verdict.isValid) return { userId: verdict.claims.user_id };
  const messages = [{ token_class: 'AccessToken', token_type: 'access', message: verdict.reason }];
  const refusal = answerUnauthorized('Given token not valid for any token type', { code: 'token_not_valid', messages });
  return { refusal };
}

function refuseMethod(method: string, match: RouteMatch): Answer {
  const allow = match.route.method === 'GET' ? 'GET, HEAD' : 'POST';
  return answerDetail(405, `Method "${method}" not allowed.`, { allow });
}

interface KnownCall {
  readonly address: ListAddress;
  readonly userId: number;
}

function answerRoute(request: IncomingMessage, match: RouteMatch, known: KnownCall): Soon<RoutedAnswer | undefined> {
  if (match.route.method === 'POST') return answerPost(request, match, known);
  const pattern = match.route.pattern;
  const answer = match.route.answer({ ...known, request, id: match.id, body: undefined });
  return whenReady(answer, (ready) => ({ pattern, answer: ready }));
}

async function answerPost(
  request: IncomingMessage,
  match: RouteMatch,
  known: KnownCall,
): Promise<RoutedAnswer | undefined> {
  const pattern = match.route.pattern;
  const received = await readRequestBody(request);
  if (received.kind === 'aborted') return undefined;
  if (received.kind === 'too-large') {
    return { pattern, answer: answerDetail(413, 'The body is larger than 1 MB.') };
  }
  const parsed = parseJson(received.text);
  if ('refusal' in parsed) return { pattern, answer: parsed.refusal };
  return { pattern, answer: await match.route.answer({ ...known, request, id: match.id, body: parsed.body }) };
}

function parseJson(text: string): { readonly body: unknown } | { readonly refusal: Answer } {
  if (text === '') return { body: {} };
  try {
    return { body: JSON.parse(text) };
  } catch {
    // The parser's own message quotes the text, which may hold a password.
    return { refusal: answerJson(400, { detail: 'JSON parse error - the body is not valid JSON' }) };
  }
}
