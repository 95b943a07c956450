import { isIP } from 'node:net';
import { list, type ValueParser } from './parse-value.js';

const SEPARATOR = /[\s,]+/;

/** IP addresses, without ports and brackets; each once. */
export const parseAddresses: ValueParser<string[]> = (raw) => {
  const parsed = list(SEPARATOR)(raw);
  if (!parsed.isValid) return parsed;
  const unknown = parsed.value.find((address) => isIP(address) === 0);
  if (unknown === undefined) return parsed;
  const meant = /^\[?([^\]]*?)\]?(?::\d+)?$/.exec(unknown)?.[1] ?? '';
  const isGuess = isIP(meant) !== 0;
  return { isValid: false, must: 'IP addresses of this machine', ...(isGuess ? { meant } : {}) };
};
