import { isSecretKey } from '../redact-secrets.js';
import { formatDuration } from './format-duration.js';
import { definitionOf } from './option-table.js';
import { formatSize } from './parse-size.js';
import { formatStage } from './parse-stages.js';
import { redactUrl } from './refuse-value.js';
import type { OptionName } from './resolved-options.js';

/** An option's value as a person would type it; empty when it has none. Passwords in URLs and secrets are hidden. */
export function formatOptionValue(name: OptionName, value: unknown): string {
  if (value === undefined) return '';
  const { kind, isSecret } = definitionOf(name);
  if (isSecret === true) return '***';
  if (kind === 'duration') return formatDuration(Number(value));
  if (kind === 'size') return formatSize(Number(value));
  if (kind === 'list') return Array.isArray(value) ? value.join(' ') : '';
  if (kind === 'stages') return Array.isArray(value) ? value.map(formatStage).join(' ') : '';
  if (kind === 'pairs') {
    return Object.entries(Object(value))
      .map(([key, pairValue]) => `${key}=${isSecretKey(key) ? '***' : redactUrl(String(pairValue))}`)
      .join(' ');
  }
  return redactUrl(String(value));
}
