import type { ExchangeTrace } from '../user/http/http-engine.js';

const MAX_BODY = 1024;
const SECRET_HEADER = /auth|cookie|token|secret|key|password/i;
const SECRET_NAMES = 'password|passwd|pwd|[a-z_]*secret|[a-z_]*token|access|refresh|api_?key|authorization|jwt';
/** Name and value as JSON, a form or a query writes them; what stands in quotes ends with them. */
const SECRET_FIELDS = new RegExp(`((?:${SECRET_NAMES})"?\\s*[:=]\\s*)(?:"(?:[^"\\\\]|\\\\.)*"?|[^"&,}\\s]+)`, 'gi');
const HIDDEN = '***';

/** One exchange as text for `--debug`: both heads, a kilobyte of both bodies, without secrets. */
export function formatTrace({ method, url, requestHeaders, requestBody, response }: ExchangeTrace): string {
  const lines = [`${method} ${hideSecrets(hidePassword(url))}`];
  for (let at = 0; at + 1 < requestHeaders.length; at += 2) {
    lines.push(`  > ${formatHeader(requestHeaders[at]!, requestHeaders[at + 1]!)}`);
  }
  if (typeof requestBody === 'string' || Buffer.isBuffer(requestBody)) {
    lines.push(`  > ${formatBody(requestBody.toString())}`);
  }
  const serviceMs = response.timings.serviceMs.toFixed(2);
  lines.push(`  < ${response.status === 0 ? 'no answer' : `status ${response.status}`} in ${serviceMs} ms`);
  if (response.error !== undefined) lines.push(`  < failed: ${response.error}`);
  for (const [name, value] of response.headers) lines.push(`  < ${formatHeader(name, value)}`);
  const body = response.text();
  if (body !== '') lines.push(`  < ${formatBody(body)}`);
  return lines.join('\n');
}

function formatHeader(name: string, value: string): string {
  return `${name}: ${SECRET_HEADER.test(name) ? HIDDEN : hideSecrets(value)}`;
}

function formatBody(body: string): string {
  const text = hideSecrets(body);
  return text.length <= MAX_BODY ? text : `${text.slice(0, MAX_BODY)}… (${text.length} characters)`;
}

function hideSecrets(text: string): string {
  return text.replace(
    SECRET_FIELDS,
    (field, start: string) => start + (field.includes('"', start.length) ? `"${HIDDEN}"` : HIDDEN),
  );
}

function hidePassword(url: string): string {
  return url.replace(/^(\w+:\/\/[^/:@]*):[^/@]*@/, `$1:${HIDDEN}@`);
}
