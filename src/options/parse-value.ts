import { isBuiltInLabel } from '../metrics/metric-table.js';
import { LARGEST_BARE_TIMEOUT_SECONDS, looksLikeMilliseconds, parseDuration } from './parse-duration.js';
import { parseSize } from './parse-size.js';

/** A value that was understood, or what it must be and, where it can be guessed, what was probably meant. */
export type Parsed<Value> = { isValid: true; value: Value } | { isValid: false; must: string; meant?: string };

/** Reads a raw value: text from a flag or variable, or whatever stood in JSON or a scenario. */
export type ValueParser<Value> = (raw: unknown) => Parsed<Value>;

const accept = <Value>(value: Value): Parsed<Value> => ({ isValid: true, value });
const refuse = (must: string, meant?: string): Parsed<never> => ({
  isValid: false,
  must,
  ...(meant === undefined ? {} : { meant }),
});

const TRUE_WORDS = ['true', '1', 'yes', 'on'];
const FALSE_WORDS = ['false', '0', 'no', 'off'];

export const parseBoolean: ValueParser<boolean> = (raw) => {
  if (typeof raw === 'boolean') return accept(raw);
  const word = typeof raw === 'string' ? raw.trim().toLowerCase() : '';
  if (TRUE_WORDS.includes(word)) return accept(true);
  if (FALSE_WORDS.includes(word)) return accept(false);
  return refuse('true or false');
};

export const parseText: ValueParser<string> = (raw) =>
  typeof raw === 'string' && raw.trim() !== '' ? accept(raw) : refuse('text that is not empty');

/** A plan of more users than this would not fit into memory, let alone the users. */
const MOST_USERS = 10_000_000;

export const parseUsers: ValueParser<number> = (raw) => {
  const parsed = wholeNumber(1)(raw);
  return parsed.isValid && parsed.value > MOST_USERS ? wholeNumber(1, MOST_USERS)(raw) : parsed;
};

/** A whole number in a range; without `max`, as large as a number is exact. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): ValueParser<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
  return (raw) => {
    const number = toNumber(raw);
    return Number.isInteger(number) && number >= min && number <= max
      ? accept(number)
      : refuse(`a whole number ${range}`);
  };
}

export const parseRate: ValueParser<number> = (raw) => {
  const number = toNumber(raw);
  return Number.isFinite(number) && number > 0 ? accept(number) : refuse('a number above 0');
};

/** A part of a whole, 0 to 1: as a number, in percent, or all or nothing in words. */
export const parseShare: ValueParser<number> = (raw) => {
  const word = typeof raw === 'string' ? raw.trim() : raw;
  const isPercent = typeof word === 'string' && word.endsWith('%');
  const number = toNumber(isPercent ? word.slice(0, -1) : word);
  const share = isPercent ? number / 100 : number;
  if (share >= 0 && share <= 1) return accept(share);
  const must = 'a share from 0 to 1, or from 0% to 100%';
  if (Number.isFinite(number)) return number <= 100 && !isPercent ? refuse(must, `${number}%`) : refuse(must);
  const yesOrNo = parseBoolean(word);
  return yesOrNo.isValid ? accept(Number(yesOrNo.value)) : refuse(must);
};

/** A span of time in ms. `isRequestTimeout`: a bare number over 600 is refused, because milliseconds were meant. */
export function duration(limits: { allowZero: boolean; isRequestTimeout?: boolean }): ValueParser<number> {
  const form = 'a span of time such as 400ms, 20s or 1h20m';
  return (raw) => {
    if (limits.isRequestTimeout && looksLikeMilliseconds(raw)) {
      const milliseconds = String(raw).trim();
      return refuse(
        `a number of seconds up to ${LARGEST_BARE_TIMEOUT_SECONDS}, or a span with a unit; ` +
          `a bare number is seconds, and ${milliseconds} looks like milliseconds`,
        `${milliseconds}ms`,
      );
    }
    const durationMs = parseDuration(raw);
    if (durationMs === undefined) return refuse(form);
    return durationMs === 0 && !limits.allowZero ? refuse(`${form}, longer than 0`) : accept(durationMs);
  };
}

export const parseByteCount: ValueParser<number> = (raw) => {
  const bytes = parseSize(raw);
  return bytes === undefined || bytes < 1 ? refuse('a size such as 64MiB or a number of bytes') : accept(bytes);
};

/** One of several words; upper and lower case do not matter. */
export function choice<Word extends string>(words: readonly Word[]): ValueParser<Word> {
  return (raw) => {
    const found = words.find((word) => word.toLowerCase() === String(raw).trim().toLowerCase());
    return found === undefined ? refuse(`one of ${words.join(', ')}`) : accept(found);
  };
}

/** A list: an array, or text with the items separated by `separator`. */
export function list(separator: RegExp): ValueParser<string[]> {
  return (raw) => {
    const parts: unknown[] = Array.isArray(raw) ? raw : [raw];
    if (!parts.every((part) => typeof part === 'string')) return refuse('text or a list of texts');
    const items = parts.flatMap((part) => part.split(separator)).filter((item) => item !== '');
    return items.length === 0 ? refuse('a list that is not empty') : accept([...new Set(items)]);
  };
}

/** Texts that may hold anything, commas and spaces too: a list, or text with one a line. */
export const parseLines: ValueParser<string[]> = (raw) => {
  const parsed = list(/\r?\n/)(raw);
  if (!parsed.isValid) return parsed;
  const lines = parsed.value.map((line) => line.trim()).filter((line) => line !== '');
  return lines.length === 0 ? refuse('a list that is not empty') : accept([...new Set(lines)]);
};

/** `K=V` pairs: an object, one pair as text, or a list of such texts. */
export const parsePairs: ValueParser<Record<string, string>> = (raw) => {
  const must = 'pairs of the form KEY=VALUE';
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) {
    const entries = Object.entries(raw);
    if (entries.some(([, value]) => typeof value === 'object')) return refuse('an object whose values are text');
    return accept(Object.fromEntries(entries.map(([key, value]) => [key, String(value)])));
  }
  const pairs: Record<string, string> = {};
  for (const part of Array.isArray(raw) ? raw : [raw]) {
    const match = typeof part === 'string' ? /^([^=\s]+)=(.*)$/s.exec(part) : null;
    if (match === null) return refuse(must);
    pairs[match[1] ?? ''] = match[2] ?? '';
  }
  return accept(pairs);
};

/** Pairs whose keys are not those of labels that every number has anyway. */
export const parseLabels: ValueParser<Record<string, string>> = (raw) => {
  const parsed = parsePairs(raw);
  if (!parsed.isValid) return parsed;
  const taken = Object.entries(parsed.value).find(([key]) => isBuiltInLabel(key));
  if (taken === undefined) return parsed;
  const [key, value] = taken;
  return refuse(
    `pairs of the form KEY=VALUE with keys of your own ("${key}" is a label that numbers have by themselves)`,
    `my_${key}=${value}`,
  );
};

/** The origin of a server, `http://name:port`; a path behind it is refused, because requests carry theirs. */
export const parseOrigin: ValueParser<string> = (raw) => {
  const must = 'an http or https URL without a path';
  if (typeof raw !== 'string' || raw.trim() === '') return refuse(must);
  const text = raw.trim();
  if (!/^https?:\/\//i.test(text)) {
    const guess = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? undefined : toOrigin(`http://${text}`);
    return refuse(`${must}, with http:// or https:// in front`, guess?.origin);
  }
  const url = toOrigin(text);
  if (url === undefined) return refuse(must);
  return url.hasMore ? refuse(must, url.origin) : accept(url.origin);
};

/** A proxy is spoken to in plain text, also where what goes through it is encrypted. */
export const parseProxy: ValueParser<string> = (raw) => {
  const parsed = parseOrigin(raw);
  if (!('value' in parsed) || !parsed.value.startsWith('https:')) return parsed;
  return refuse(
    'an http URL: proxies that want TLS themselves are not supported',
    parsed.value.replace('https:', 'http:'),
  );
};

function toOrigin(text: string): { origin: string; hasMore: boolean } | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const password = url.password === '' ? '' : `:${url.password}`;
  const login = url.username === '' ? '' : `${url.username}${password}@`;
  const hasMore = url.pathname !== '/' || url.search !== '' || url.hash !== '';
  return { origin: `${url.protocol}//${login}${url.host}`, hasMore };
}

function toNumber(raw: unknown): number {
  if (typeof raw === 'number') return raw;
  return typeof raw === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(raw) ? Number(raw) : Number.NaN;
}
