const HIDDEN = '***';

/** Nothing below can match a text without one of these, and few texts have one. */
const SUSPECT = /:\/\/|eyJ|basic|bearer|cookie|auth|token|key|pass|pwd|secret|sig|jwt|access|refresh/i;
const URL_CREDENTIALS = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#@]+@/gi;
const AUTHORIZATION = /\b(bearer|basic)\s+[\w.~+/=-]{20,}/gi;
/** A header as it is printed: the rest of its line is the secret. */
const HEADER = /\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key)("?\s*:\s*)(?=[^\s*])(?:"[^"\n]*"?|[^\n"]+)/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]{8,2000}\.[\w-]{8,}(?:\.[\w-]*)?/g;
const SECRET_NAME =
  '(?:[\\w-]{0,40}password|passwd|pwd|[\\w-]{0,40}secret|[\\w-]{0,40}token|access|refresh|api[_-]?key|authorization|jwt|signature|sig)';
/** As JSON writes it, or a form or a query. */
const JSON_FIELD = new RegExp(`("${SECRET_NAME}"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"?`, 'gi');
const FORM_FIELD = new RegExp(`(^|[?&;\\s])(${SECRET_NAME}=)[^\\s&;"'#,]+`, 'gi');
const SECRET_KEY = /pass|pwd|secret|token|key|auth|credential|cookie|jwt/i;

/** Passwords in URLs, credentials of headers and tokens never reach a log, a report or a recording. */
export function redactSecrets(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text
    .replace(URL_CREDENTIALS, `$1${HIDDEN}@`)
    .replace(AUTHORIZATION, `$1 ${HIDDEN}`)
    .replace(
      HEADER,
      (_, name: string, colon: string) => name + colon + (colon.startsWith('"') ? `"${HIDDEN}"` : HIDDEN),
    )
    .replace(JSON_WEB_TOKEN, HIDDEN)
    .replace(JSON_FIELD, `$1"${HIDDEN}"`)
    .replace(FORM_FIELD, `$1$2${HIDDEN}`);
}

/** Values by name, such as `env`: those whose name says that they are secret are hidden, whatever they hold. */
export function redactPairs(pairs: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(pairs);
  return Object.fromEntries(entries.map(([key, value]) => [key, isSecretKey(key) ? HIDDEN : redactSecrets(value)]));
}

export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}
