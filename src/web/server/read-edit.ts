import { parseRate, type ValueParser, wholeNumber } from '../../options/parse-value.js';
import type { FieldProblem } from './http-interface.js';
import { RefusedRequest } from './problem.js';

/** What is to change in a run. */
export interface Edit {
  users?: number;
  spawnRate?: number;
  rate?: number;
  load?: string;
}

const PARSERS = {
  users: wholeNumber(0, 10_000_000),
  spawnRate: parseRate,
  rate: (raw) => (Number(raw) === 0 ? { isValid: true, value: 0 } : parseRate(raw)),
} as const satisfies Record<string, ValueParser<number>>;

/**
 * Reads the body of an edit, which may be anything.
 *
 * @throws RefusedRequest that names every field that is wrong
 */
export function readEdit(body: unknown): Edit {
  const given = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const problems: FieldProblem[] = [];
  const edit: Edit = {};
  for (const [field, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue;
    if (field === 'load' && typeof value === 'string') edit.load = value.slice(0, 200);
    else if (!isNumberField(field)) problems.push({ field: field.slice(0, 80), message: 'There is no such field.' });
    else {
      const parsed = PARSERS[field](value);
      if (parsed.isValid) edit[field] = parsed.value;
      else
        problems.push({ field, message: `must be ${parsed.must}, but it is ${JSON.stringify(value)?.slice(0, 80)}.` });
    }
  }
  if (problems.length === 0 && edit.users === undefined && edit.rate === undefined) {
    problems.push({ field: 'users', message: 'or "rate" is what can be changed, and neither is given.' });
  }
  if (problems.length === 0) return edit;
  const [first] = problems;
  throw new RefusedRequest('START_REFUSED', `Nothing was changed: "${first!.field}" ${first!.message}`, {
    fields: problems,
    hint: '{ "users": 200, "spawnRate": 20 }   or   { "rate": 50 }',
  });
}

function isNumberField(field: string): field is keyof typeof PARSERS {
  return Object.hasOwn(PARSERS, field);
}
