import { redactSecrets } from '../../../redact-secrets.js';
import type { MonitorSource } from '../../user/define-monitors.js';

const MAX_LENGTH = 300;
const HIDDEN = '***';

/** Why a monitor had nothing to tell, in one line and without the password of its address. */
export function describeFailure(error: unknown, source: MonitorSource): string {
  const text = readReason(error).replace(/\s+/g, ' ').trim() || 'no reason was given';
  const shown = redactSecrets(hidePassword(text, source));
  return shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}…` : shown;
}

/** Clients often say what really happened in what stands behind the error. */
function readReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return readReason(error.errors[0]);
  if (error.message === 'fetch failed' && error.cause !== undefined) return readReason(error.cause);
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}

function hidePassword(text: string, source: MonitorSource): string {
  const password = 'url' in source && URL.canParse(source.url) ? new URL(source.url).password : '';
  if (password === '') return text;
  return [password, decode(password)].reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
