import { definitionOf } from '../../options/option-table.js';
import type { ValueParser } from '../../options/parse-value.js';
import { parseRate, wholeNumber } from '../../options/parse-value.js';
import { redactUrl } from '../../options/refuse-value.js';
import type { OptionName } from '../../options/resolved-options.js';
import type { KindDescription } from '../../runtime/protocol.js';
import type { FieldProblem, LoadChoice } from './http-interface.js';
import { RefusedRequest } from './problem.js';

/** A start as it was asked for, each value understood by itself. */
export interface WantedStart {
  load: LoadChoice;
  /** Raw values of options; they are read once more with all other layers. */
  options: Partial<Record<OptionName, unknown>>;
  rate: number | undefined;
  maxUsers: number | undefined;
  kinds: Record<string, number> | undefined;
}

const OPTIONS = [
  'host',
  'users',
  'spawnRate',
  'runTime',
  'iterations',
  'profile',
  'stages',
  'stopTimeout',
  'tags',
  'excludeTags',
  'allowedHosts',
] as const satisfies OptionName[];
const OTHERS = ['load', 'rate', 'maxUsers', 'kinds'];
const CHOICES: readonly LoadChoice[] = ['scenario', 'users', 'rate', 'stages', 'profile'];
const MAX_ITEMS = 1_000;
const MAX_TEXT = 2_000;
const MAX_RATE = 1_000_000;
const MAX_USERS = 10_000_000;
const MAX_WEIGHT = 1_000_000;
const LONGEST_SHOWN = 80;

/**
 * Reads the body of a start, which may be anything. All fields that are wrong are named at once.
 *
 * @throws RefusedRequest
 */
export function readStartRequest(body: unknown, kinds: readonly KindDescription[]): WantedStart {
  if (!isObject(body))
    throw new RefusedRequest('BODY_INVALID', 'The body must be a JSON object.', { hint: '{ "users": 10 }' });
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && value !== null));
  const reading = new Reading(given);
  reading.refuseUnknown();
  const wanted: WantedStart = {
    load: 'scenario',
    options: Object.fromEntries(OPTIONS.flatMap((name) => reading.readOption(name))),
    rate: reading.read('rate', parseBoundedRate),
    maxUsers: reading.read('maxUsers', wholeNumber(1, MAX_USERS)),
    kinds: reading.readKinds(kinds),
  };
  wanted.load = reading.readLoad(wanted);
  reading.finish();
  return wanted;
}

const parseBoundedRate: ValueParser<number> = (raw) => {
  const parsed = parseRate(raw);
  if (!parsed.isValid || parsed.value <= MAX_RATE) return parsed;
  return { isValid: false, must: `a number above 0 and up to ${MAX_RATE}` };
};

class Reading {
  readonly #given: Record<string, unknown>;
  readonly #problems: FieldProblem[] = [];

  constructor(given: Record<string, unknown>) {
    this.#given = given;
  }

  refuseUnknown(): void {
    const known: string[] = [...OPTIONS, ...OTHERS];
    for (const field of Object.keys(this.#given)) {
      if (known.includes(field)) continue;
      this.#refuse(field.slice(0, LONGEST_SHOWN), 'There is no such field.', `It takes: ${known.join(', ')}.`);
    }
  }

  /** As an entry, or as nothing where it was not given. */
  readOption(name: OptionName): [OptionName, unknown][] {
    const value = this.#given[name];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
    const { parse, example } = definitionOf(name);
    if (isTooLarge(value)) {
      this.#refuse(name, `must not be that long: ${MAX_ITEMS} entries of ${MAX_TEXT} characters at most.`, example);
      return [];
    }
    const parsed = parse(value);
    if (parsed.isValid) return [[name, value]];
    this.#refuse(name, `must be ${parsed.must}, but it is ${show(value)}.`, parsed.meant ?? example);
    return [];
  }

  read<Value>(field: string, parse: ValueParser<Value>): Value | undefined {
    const value = this.#given[field];
    if (value === undefined) return undefined;
    const parsed = parse(value);
    if (parsed.isValid) return parsed.value;
    this.#refuse(field, `must be ${parsed.must}, but it is ${show(value)}.`);
    return undefined;
  }

  readKinds(known: readonly KindDescription[]): Record<string, number> | undefined {
    const { kinds } = this.#given;
    if (kinds === undefined) return undefined;
    const names = known.map(({ name }) => name);
    if (!isObject(kinds)) {
      this.#refuse('kinds', 'must be an object with a number for each kind.', `{ ${JSON.stringify(names[0])}: 1 }`);
      return undefined;
    }
    for (const [name, value] of Object.entries(kinds)) {
      if (!names.includes(name)) this.#refuse('kinds', `has no kind ${show(name)}; there are ${names.join(', ')}.`);
      else if (typeof value !== 'number' || !(value >= 0 && value <= MAX_WEIGHT)) {
        this.#refuse('kinds', `must have a number from 0 to ${MAX_WEIGHT} for ${name}, but it is ${show(value)}.`, '1');
      } else if (known.find((kind) => kind.name === name)!.fixedCount !== undefined && !Number.isInteger(value)) {
        this.#refuse('kinds', `must have a whole number for ${name}, of which there are so many users.`, '1');
      }
    }
    const wanted = Object.entries(kinds).filter(([, value]) => Number(value) > 0);
    if (wanted.length === 0) this.#refuse('kinds', 'leaves no kind of user.', `{ ${JSON.stringify(names[0])}: 1 }`);
    return Object.fromEntries(wanted) as Record<string, number>;
  }

  readLoad({ options, rate }: WantedStart): LoadChoice {
    const { load } = this.#given;
    if (load !== undefined) {
      const known = CHOICES.find((choice) => choice === load);
      if (known === undefined) this.#refuse('load', `must be one of ${CHOICES.join(', ')}, but it is ${show(load)}.`);
      return known ?? 'scenario';
    }
    if (options.stages !== undefined) return 'stages';
    if (rate !== undefined) return 'rate';
    return options.profile === undefined ? 'scenario' : 'profile';
  }

  finish(): void {
    if (this.#problems.length === 0) return;
    throw refuseFields(this.#problems);
  }

  #refuse(field: string, message: string, hint?: string): void {
    this.#problems.push({ field, message, ...(hint === undefined ? {} : { hint }) });
  }
}

export function refuseFields(fields: FieldProblem[], cause?: unknown): RefusedRequest {
  const [first] = fields;
  const message = `The run was not started: "${first!.field}" ${first!.message}`;
  const hint = first?.hint;
  return new RefusedRequest('START_REFUSED', message, { fields, cause, ...(hint === undefined ? {} : { hint }) });
}

function isTooLarge(value: unknown): boolean {
  if (typeof value === 'string') return value.length > MAX_TEXT;
  return Array.isArray(value) && (value.length > MAX_ITEMS || value.some(isTooLarge));
}

function show(value: unknown): string {
  const text = redactUrl(JSON.stringify(value) ?? String(value));
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
