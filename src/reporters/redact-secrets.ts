const URL_CREDENTIALS = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]+@/gi;
const AUTHORIZATION = /\b(bearer|basic)\s+[\w.~+/=-]{20,}/gi;

/** Passwords in URLs and credentials of authorization headers never reach a report. */
export function redactSecrets(text: string): string {
  return text.replace(URL_CREDENTIALS, '$1***@').replace(AUTHORIZATION, '$1 ***');
}
