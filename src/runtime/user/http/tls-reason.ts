export const NO_TLS = 'TLS: the server does not speak TLS on this port';

/** What alerts of the other side mean (RFC 8446, 6.2), in words: what OpenSSL says contains one of these. */
const ALERTS: readonly (readonly [said: RegExp, means: string])[] = [
  [/wrong version number|packet length too long/, NO_TLS],
  [/alert protocol version|unsupported protocol/, 'TLS: server and Loadwright have no version of TLS in common'],
  [/certificate required|alert bad certificate/, 'TLS: the server wants a certificate from its clients'],
  [
    /alert handshake failure|no shared cipher/,
    'TLS: the server refused the handshake: no cipher in common, or it wants a certificate',
  ],
  [/unrecognized name/, 'TLS: the server does not serve this name'],
  [/dh key too small|ee key too small|ca md too weak/, "TLS: the server's keys are too weak to be accepted"],
];

/** What a failed handshake came from, from the words of OpenSSL. */
export function describeTls(message: string): string {
  for (const [said, means] of ALERTS) if (said.test(message)) return means;
  const parts = message.split(':');
  return `TLS: handshake failed (${(parts.length >= 6 ? parts[5]! : message).trim()})`;
}
