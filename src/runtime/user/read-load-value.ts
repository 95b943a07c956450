import { LoadwrightError } from '../../errors.js';
import { isBuiltInLabel } from '../../metrics/metric-table.js';
import { parseDuration } from '../../options/parse-duration.js';
import type { DescribedStage } from '../load-description.js';

/** What a value of a load is; `…OrNone` may be 0. A `length` is longer than 0, a `span` may be 0. */
export type FieldKind =
  | 'count'
  | 'countOrNone'
  | 'rate'
  | 'rateOrNone'
  | 'length'
  | 'span'
  | 'userStages'
  | 'rateStages'
  | 'shape';

/** A value with the place where it stands: `loads.browse.rate`. */
export interface GivenValue {
  path: string;
  value: unknown;
  /** From a pasted block, where a bare number would be milliseconds. */
  isPasted: boolean;
}

/** A plan of more users than this would not fit into memory, let alone the users. */
const MOST_USERS = 10_000_000;
const LONGEST_SHOWN = 60;

const NUMBERS = {
  count: { must: 'a whole number of 1 or more', example: '10', isValid: isCount(1) },
  countOrNone: { must: 'a whole number of 0 or more', example: '10', isValid: isCount(0) },
  rate: { must: 'a number above 0', example: '50', isValid: (number: number) => Number.isFinite(number) && number > 0 },
  rateOrNone: {
    must: 'a number of 0 or more',
    example: '50',
    isValid: (number: number) => Number.isFinite(number) && number >= 0,
  },
};

/**
 * Reads a value of a load: durations become ms, stages `{ durationMs, target }`, a function whether it is there.
 *
 * @throws LoadwrightError `ERR_SCENARIO_INVALID`
 */
export function readLoadValue(given: GivenValue, kind: FieldKind): unknown {
  if (kind === 'length' || kind === 'span') return readDuration(given, kind);
  if (kind === 'userStages' || kind === 'rateStages') return readStages(given, kind);
  if (kind === 'shape') {
    if (typeof given.value === 'function') return true;
    throw refuse(given, 'a function of the seconds since the start', 'shape: (seconds) => ({ users: seconds })');
  }
  return readNumber(given, kind);
}

/** An object of texts, for `env` and `labels`. */
export function readTexts(given: GivenValue): Record<string, string> {
  const entries = isRecord(given.value) ? Object.entries(given.value) : undefined;
  if (entries?.every(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))) {
    return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
  }
  throw refuse(given, 'an object of texts', `${keyOf(given.path)}: { region: 'eu' }`);
}

/** Labels of a load: keys that numbers do not have by themselves. */
export function readLabels(given: GivenValue): Record<string, string> {
  const labels = readTexts(given);
  const taken = Object.keys(labels).find(isBuiltInLabel);
  if (taken === undefined) return labels;
  const must = `labels of your own ("${taken}" is one that numbers have by themselves)`;
  throw refuse(given, must, `${keyOf(given.path)}: { my_${taken}: '${labels[taken]}' }`);
}

/** Text that is not empty, for names. */
export function readName(given: GivenValue, example: string): string {
  if (typeof given.value === 'string' && given.value.trim() !== '') return given.value;
  throw refuse(given, 'a name', `${keyOf(given.path)}: '${example}'`);
}

/** The error for a value of a scenario: what it must be, what was found, what to write. */
export function refuse({ path, value }: Pick<GivenValue, 'path' | 'value'>, must: string, hint: string) {
  return new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `"${path}" must be ${must}, but the scenario gave ${showValue(value)}.`,
    hint,
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(min: number): (number: number) => boolean {
  return (number) => Number.isInteger(number) && number >= min && number <= MOST_USERS;
}

function readNumber(given: GivenValue, kind: keyof typeof NUMBERS): number {
  const { must, example, isValid } = NUMBERS[kind];
  if (typeof given.value === 'number' && isValid(given.value)) return given.value;
  const isTooMany = typeof given.value === 'number' && Number.isInteger(given.value) && given.value > MOST_USERS;
  const limit = kind.startsWith('count') && isTooMany ? ` and ${MOST_USERS} or less` : '';
  throw refuse(given, must + limit, `${keyOf(given.path)}: ${example}`);
}

function readDuration(given: GivenValue, kind: 'length' | 'span'): number {
  const { value, path, isPasted } = given;
  const must = `a span of time such as 400ms, 20s or 1h20m${kind === 'length' ? ', longer than 0' : ''}`;
  const isBare = typeof value === 'number' || (typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value));
  if (isPasted && isBare && Number(value) > 0) {
    throw refuse(
      given,
      'a span with a unit: a bare number is seconds here and milliseconds in k6',
      `${keyOf(path)}: '${Number(value)}ms'`,
    );
  }
  const durationMs = parseDuration(value);
  if (durationMs !== undefined && (durationMs > 0 || kind === 'span')) return durationMs;
  throw refuse(given, must, `${keyOf(path)}: '30s'`);
}

function readStages(given: GivenValue, kind: 'userStages' | 'rateStages'): DescribedStage[] {
  const example = `stages: [{ duration: '30s', target: 100 }]`;
  if (!Array.isArray(given.value) || given.value.length === 0) {
    throw refuse(given, 'a list of stages that is not empty', example);
  }
  const stages = given.value.map((value: unknown, index): DescribedStage => {
    const place = { ...given, path: `${given.path}[${index}]` };
    const isStage = isRecord(value) && Object.keys(value).every((key) => key === 'duration' || key === 'target');
    if (!isStage) throw refuse({ ...place, value }, 'a stage of duration and target', example);
    const duration = { ...place, path: `${place.path}.duration`, value: value.duration };
    const target = { ...place, path: `${place.path}.target`, value: value.target };
    return {
      durationMs: readDuration(duration, 'span'),
      target: readNumber(target, kind === 'userStages' ? 'countOrNone' : 'rateOrNone'),
    };
  });
  if (stages.some(({ durationMs }) => durationMs > 0)) return stages;
  throw refuse(given, 'stages of which at least one lasts longer than 0s', example);
}

/** The key at the end of a path: `duration` of `loads.browse.stages[0].duration`. */
function keyOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function showValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = String(value);
  }
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
