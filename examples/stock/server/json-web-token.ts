import { createHmac, createSecretKey, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';

type TokenType = 'access' | 'refresh';

interface TokenClaims {
  readonly token_type: TokenType;
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  readonly user_id: number;
}

export type TokenVerdict =
  | { readonly isValid: true; readonly claims: TokenClaims }
  | { readonly isValid: false; readonly reason: string };

export interface TokenIssuer {
  issue(type: TokenType, userId: number): string;
  verify(token: string, expectedType: TokenType): TokenVerdict;
}

const ENCODED_HEADER = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url');
const WEEK_SECONDS = 7 * 86_400;

/**
 * Signs and checks HS256 tokens with a secret, by default one that lives as long as this process. Every check computes the signature
 * again; nothing is remembered about a token seen before.
 */
export function createTokenIssuer(accessLifetimeSeconds: number, key: Buffer = randomBytes(32)): TokenIssuer {
  const secret = createSecretKey(key);
  const lifetimeSeconds = { access: accessLifetimeSeconds, refresh: Math.max(WEEK_SECONDS, accessLifetimeSeconds) };
  const sign = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');

  return {
    issue(type, userId) {
      const iat = readUnixSeconds();
      const claims: TokenClaims = {
        token_type: type,
        exp: iat + lifetimeSeconds[type],
        iat,
        jti: randomUUID().replaceAll('-', ''),
        user_id: userId,
      };
      const signed = `${ENCODED_HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
      return `${signed}.${sign(signed)}`;
    },

    verify(token, expectedType) {
      const headerEnd = token.indexOf('.');
      const payloadEnd = token.lastIndexOf('.');
      // Only this process signs tokens, so any other header (alg "none" among them) is a forgery.
      if (payloadEnd <= headerEnd || token.slice(0, headerEnd) !== ENCODED_HEADER) return refuse('Token is invalid');
      if (!isSameText(sign(token.slice(0, payloadEnd)), token.slice(payloadEnd + 1))) return refuse('Token is invalid');
      const payload = Buffer.from(token.slice(headerEnd + 1, payloadEnd), 'base64url').toString();
      const claims = JSON.parse(payload) as TokenClaims;
      if (claims.token_type !== expectedType) return refuse('Token has wrong type');
      if (claims.exp <= readUnixSeconds()) return refuse('Token is expired');
      return { isValid: true, claims };
    },
  };
}

function refuse(reason: string): TokenVerdict {
  return { isValid: false, reason };
}

// The encoded forms are compared: base64url has spare bits in its last letter, so decoded ones would let a changed
// letter pass.
function isSameText(expected: string, given: string): boolean {
  const expectedBytes = Buffer.from(expected);
  const givenBytes = Buffer.from(given);
  return expectedBytes.length === givenBytes.length && timingSafeEqual(expectedBytes, givenBytes);
}

function readUnixSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
