import { describeNoAddress, LIMIT_REASONS, NAME_UNANSWERED, NAME_UNKNOWN, NOT_OWN_ADDRESS } from './limit-reasons.js';
import { BodyFailed } from './streamed-body.js';
import { describeTls, NO_TLS } from './tls-reason.js';

interface NetworkError {
  name?: string;
  code?: string;
  message: string;
  syscall?: string;
  address?: string;
}

/** How far a request had come when it failed. */
export type FailureStage = 'connecting' | 'waiting' | 'header' | 'body';

/** What is known of a request when it fails. */
export interface FailureSituation {
  /** Host and port that was connected to, for people. */
  peer: string;
  hostname: string;
  isTls: boolean;
  stage: FailureStage;
  isReused: boolean;
}

type Describe = (error: NetworkError, situation: FailureSituation) => string;

/** A connection that could not be opened because of the proxy on the way. */
export class ProxyFailed extends Error {
  override readonly name = 'ProxyFailed';
  readonly proxy: { host: string; hostname: string };

  constructor(cause: Error, proxy: { host: string; hostname: string }) {
    super(cause.message, { cause });
    this.proxy = proxy;
  }
}

const UNKNOWN_AUTHORITY = 'TLS: the certificate is signed by an unknown authority (trust it with --ca)';
const ACCEPTED_ANYWAY = '--insecure accepts it';
const CUT_OFF = 'the server closed the connection in the middle of the answer';

const hungUp =
  (verb: 'closed' | 'reset'): Describe =>
  (_error, { stage, isReused, isTls }) => {
    if (stage === 'connecting') {
      return isTls
        ? `TLS: the server ${verb} the connection during the handshake`
        : `the server ${verb} the connection while it was being opened`;
    }
    if (stage !== 'waiting') return `the server ${verb} the connection in the middle of the answer`;
    return isReused ? 'the server closed an idle connection' : `the server ${verb} the connection without an answer`;
  };

const closed: Describe = (error, situation) => {
  if (error.message === 'bad upgrade') return 'malformed answer: a change of protocol that was not asked for';
  if (error.message === 'bad response') return 'malformed answer: "100 Continue" that was not asked for';
  return hungUp('closed')(error, situation);
};

/** The parser blames the length for whatever ends an answer that announced one. */
const wrongLength: Describe = (_error, { stage }) => (stage === 'body' ? CUT_OFF : 'malformed answer: invalid header');

const unresolved: Describe = (_error, { hostname }) => `the name "${hostname}" could not be resolved`;
const noRoute: Describe = (_error, { peer }) => `no route to ${peer}`;

const DESCRIPTIONS: Record<string, Describe> = {
  ECONNREFUSED: (_error, { peer }) => `connection refused by ${peer}`,
  ECONNRESET: hungUp('reset'),
  EPIPE: hungUp('reset'),
  UND_ERR_SOCKET: closed,
  ENOTFOUND: (_error, { hostname }) => `the name "${hostname}" ${NAME_UNKNOWN}`,
  EAI_AGAIN: (_error, { hostname }) => `the name "${hostname}" ${NAME_UNANSWERED}`,
  ETIMEDOUT: (_error, { peer }) => `no connection to ${peer}: the system gave up waiting`,
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  EADDRNOTAVAIL: ({ syscall, address }, { peer }) =>
    syscall === 'bind' ? `${address} ${NOT_OWN_ADDRESS}` : describeNoAddress(address ?? peer),
  // Where the source address is chosen, its port is too, before anybody knows where the connection goes.
  EADDRINUSE: () => LIMIT_REASONS.noPort,
  EMFILE: () => LIMIT_REASONS.tooManyFiles,
  ENFILE: () => LIMIT_REASONS.tooManyFilesInAll,
  ENOBUFS: () => LIMIT_REASONS.outOfMemory,
  ENOMEM: () => LIMIT_REASONS.outOfMemory,
  UND_ERR_HEADERS_OVERFLOW: () => 'malformed answer: headers larger than 16 KB',
  UND_ERR_DESTROYED: () => 'the connection was closed on this side',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: wrongLength,
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: () => 'not sent: the "content-length" header is not the length of the body',
  DEPTH_ZERO_SELF_SIGNED_CERT: () => 'TLS: the certificate is self-signed (trust it with --ca, or --insecure)',
  SELF_SIGNED_CERT_IN_CHAIN: () => 'TLS: the certificate chain is self-signed (trust it with --ca, or --insecure)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: () => UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: () => UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: () => `TLS: the certificate has expired (${ACCEPTED_ANYWAY})`,
  CERT_NOT_YET_VALID: () => `TLS: the certificate is not valid yet (${ACCEPTED_ANYWAY})`,
  ERR_TLS_CERT_ALTNAME_INVALID: (_error, { hostname }) =>
    `TLS: the certificate is not for "${hostname}" (${ACCEPTED_ANYWAY})`,
  EPROTO: (error) => describeTls(error.message),
  ERR_SSL_WRONG_VERSION_NUMBER: () => NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: () => NO_TLS,
};

/** What the parser says, where its own words say little. */
const PARSER_REASONS: Record<string, string> = {
  'Expected HTTP/, RTSP/ or ICE/': 'it does not begin like HTTP',
  'Expected HTTP/': 'it does not begin like HTTP',
};

/** Says why a request failed so that a person understands it; the same cause always gives the same words. */
export function describeFailure(error: unknown, situation: FailureSituation): string {
  if (error instanceof BodyFailed) return error.message;
  if (error instanceof ProxyFailed) return describeProxyFailure(error, situation);
  const failure = error as NetworkError;
  const code = failure.code ?? '';
  const describe = DESCRIPTIONS[code];
  if (describe !== undefined) return describe(failure, situation);
  if (failure.name === 'HTTPParserError') return describeParserFailure(failure.message);
  // The parser of Node.js itself, which reads what a proxy answers.
  if (code.startsWith('HPE_')) return describeParserFailure(failure.message.replace('Parse Error:', ''));
  if (code.startsWith('ERR_SSL_')) return describeTls(failure.message);
  if (code.startsWith('EAI_')) return `${unresolved(failure, situation)} (${code})`;
  // The system's own words hold addresses and local ports: each failure would be another one.
  if (failure.syscall !== undefined) return `${failure.syscall} failed (${code})`;
  const message = failure.message || code || 'unknown error';
  return code === '' || message.includes(code) ? message : `${message} (${code})`;
}

function formatLimit(limitMs: number): string {
  return limitMs < 1000 ? `${limitMs} ms` : `${limitMs / 1000} s`;
}

/** What a request met that was not over at its deadline: the one for all of it, or that of its phase. */
export function describeDeadline(
  phase: string,
  limits: { timeoutMs: number; connectTimeoutMs: number; headersTimeoutMs: number },
): string {
  if (phase === 'all') return `not finished within ${formatLimit(limits.timeoutMs)}`;
  if (phase === 'connecting') return `no connection within ${formatLimit(limits.connectTimeoutMs)}`;
  return `no answer within ${formatLimit(limits.headersTimeoutMs)}`;
}

/** A reused connection that died like this before any byte of an answer may just have been closed as idle. */
export function mayBeIdleClose(error: unknown): boolean {
  const { code, message } = error as NetworkError;
  return code === 'ECONNRESET' || code === 'EPIPE' || (code === 'UND_ERR_SOCKET' && !message.startsWith('bad '));
}

/** `error` ends an answer that cannot have a body but says how long it would be (RFC 9110, 8.6): it is complete. */
export function isOnlyAnnounced(error: unknown, status: number): boolean {
  return (status === 304 || status === 204) && (error as NetworkError).code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH';
}

function describeProxyFailure(error: ProxyFailed, situation: FailureSituation): string {
  const { host, hostname } = error.proxy;
  const reason = describeFailure(error.cause, { ...situation, peer: host, hostname, isTls: false });
  return `proxy: ${reason}`;
}

/** The reason stands in brackets at the end. */
function describeParserFailure(message: string): string {
  const reason = /\(([^()]+)\)\s*$/.exec(message)?.[1] ?? message;
  if (reason === 'Invalid EOF state') return CUT_OFF;
  return `malformed answer: ${PARSER_REASONS[reason] ?? (reason.trim() || 'it is not HTTP/1.1')}`;
}

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

/** True if a request may be sent twice to the effect of once (RFC 9110, 9.2.2). */
export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}
