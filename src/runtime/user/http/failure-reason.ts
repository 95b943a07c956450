interface NetworkError {
  code?: string;
  message: string;
  hostname?: string;
  address?: string;
  port?: number;
}

/** What is known of a request when it fails. */
export interface FailureSituation {
  /** Host and port that was connected to, for people. */
  peer: string;
  hostname: string;
  hasResponseStarted: boolean;
  isReused: boolean;
}

type Describe = (error: NetworkError, situation: FailureSituation) => string;

const closed: Describe = (_error, { hasResponseStarted, isReused }) => {
  if (hasResponseStarted) return 'the server closed the connection in the middle of the answer';
  return isReused ? 'the server closed an idle connection' : 'the server closed the connection without an answer';
};

const reset: Describe = (_error, { hasResponseStarted, isReused }) => {
  if (hasResponseStarted) return 'the server reset the connection in the middle of the answer';
  return isReused ? 'the server closed an idle connection' : 'the server reset the connection without an answer';
};

const DESCRIPTIONS: Record<string, Describe> = {
  ECONNREFUSED: (_error, { peer }) => `connection refused by ${peer}`,
  ECONNRESET: reset,
  EPIPE: reset,
  UND_ERR_SOCKET: closed,
  ENOTFOUND: (_error, { hostname }) => `the name "${hostname}" could not be resolved`,
  EAI_AGAIN: (_error, { hostname }) => `the name "${hostname}" could not be resolved (no answer from DNS)`,
  ETIMEDOUT: (_error, { peer }) => `no connection to ${peer}: the system gave up waiting`,
  EHOSTUNREACH: (_error, { peer }) => `no route to ${peer}`,
  ENETUNREACH: (_error, { peer }) => `no route to ${peer}`,
  EADDRNOTAVAIL: () => 'no free local port left for another connection',
  EMFILE: () => 'too many open files on this machine (see ulimit -n)',
  ENFILE: () => 'too many open files on this machine',
  UND_ERR_HEADERS_OVERFLOW: () => "malformed answer: headers larger than 16 KB",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: () => 'malformed answer: the body does not have the length announced',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: () => 'the answer is larger than allowed',
  DEPTH_ZERO_SELF_SIGNED_CERT: () => 'TLS: the certificate is self-signed (trust it with --ca, or --insecure)',
  SELF_SIGNED_CERT_IN_CHAIN: () => 'TLS: the certificate chain is self-signed (trust it with --ca, or --insecure)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => 'TLS: the certificate is signed by an unknown authority (trust it with --ca)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: () => 'TLS: the certificate is signed by an unknown authority (trust it with --ca)',
  CERT_HAS_EXPIRED: () => 'TLS: the certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: (_error, { hostname }) => `TLS: the certificate is not for "${hostname}"`,
  EPROTO: (error) => `TLS: handshake failed (${tlsReason(error.message)})`,
  ERR_SSL_WRONG_VERSION_NUMBER: () => 'TLS: the server does not speak TLS on this port',
};

/** Says why a request failed so that a person understands it; the same cause always gives the same words. */
export function describeFailure(error: unknown, situation: FailureSituation): string {
  const failure = error as NetworkError;
  const code = failure.code ?? '';
  const describe = DESCRIPTIONS[code];
  if (describe !== undefined) return describe(failure, situation);
  if (code.startsWith('HPE_')) return `malformed answer: ${parserReason(failure.message)}`;
  if (code.startsWith('ERR_SSL_')) return `TLS: handshake failed (${tlsReason(failure.message)})`;
  const message = failure.message || code || 'unknown error';
  return code === '' || message.includes(code) ? message : `${message} (${code})`;
}

/** A reused connection that died like this before any byte of an answer may just have been closed as idle. */
export function mayBeIdleClose(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes((error as NetworkError).code ?? '');
}

function parserReason(message: string): string {
  const found = /\(([^()]+)\)\s*$/.exec(message);
  return (found?.[1] ?? message).trim() || 'not HTTP/1.1';
}

function tlsReason(message: string): string {
  const parts = message.split(':');
  return (parts.length >= 6 ? parts[5]! : message).trim();
}
