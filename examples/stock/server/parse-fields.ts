export type FieldParser<T> = (value: unknown) => { readonly value: T } | { readonly error: string };

type Parsed<P> = { readonly [K in keyof P]: P[K] extends FieldParser<infer T> ? T : never };

export type FieldsOutcome<P> =
  | { readonly isAccepted: true; readonly fields: Parsed<P> }
  | { readonly isAccepted: false; readonly errors: Readonly<Record<string, readonly string[]>> };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const WHOLE_NUMBER = /^\s*[+-]?\d+(\.0*)?\s*$/;
const LARGEST_QUANTITY = 2_147_483_647;

/** Checks every field of a body, so that a refusal names all that is wrong and not only the first. */
export function parseFields<P extends Readonly<Record<string, FieldParser<unknown>>>>(
  body: unknown,
  parsers: P,
): FieldsOutcome<P> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { isAccepted: false, errors: { non_field_errors: ['Invalid data. Expected a dictionary.'] } };
  }
  const given = body as Readonly<Record<string, unknown>>;
  const fields: Record<string, unknown> = {};
  const errors: Record<string, string[]> = {};
  for (const [name, parse] of Object.entries(parsers)) {
    const outcome = parse(Object.hasOwn(given, name) ? given[name] : undefined);
    if ('error' in outcome) errors[name] = [outcome.error];
    else fields[name] = outcome.value;
  }
  if (Object.keys(errors).length > 0) return { isAccepted: false, errors };
  return { isAccepted: true, fields: fields as Parsed<P> };
}

export function parseText(value: unknown): { value: string } | { error: string } {
  if (value === undefined) return { error: 'This field is required.' };
  if (value === null) return { error: 'This field may not be null.' };
  if (typeof value !== 'string') return { error: 'Not a valid string.' };
  return value === '' ? { error: 'This field may not be blank.' } : { value };
}

/** A text that may be left out or empty. */
export function createOptionalTextParser(fallback: string): FieldParser<string> {
  return (value) => (value === undefined || value === '' ? { value: fallback } : parseText(value));
}

/** A whole number of 1 or more; digits in a string are accepted, as forms send them. */
export function parseQuantity(value: unknown): { value: number } | { error: string } {
  if (value === undefined) return { error: 'This field is required.' };
  if (value === null) return { error: 'This field may not be null.' };
  const isDigits = typeof value === 'string' && WHOLE_NUMBER.test(value);
  const quantity = typeof value === 'number' || isDigits ? Number(value) : Number.NaN;
  if (!Number.isInteger(quantity)) return { error: 'A valid integer is required.' };
  if (quantity < 1) return { error: 'Ensure this value is greater than or equal to 1.' };
  if (quantity > LARGEST_QUANTITY) return { error: `Ensure this value is less than or equal to ${LARGEST_QUANTITY}.` };
  return { value: quantity };
}

/** Resolves to the id in lower case, the form in which ids are kept. */
export function parseUuid(value: unknown): { value: string } | { error: string } {
  if (value === undefined) return { error: 'This field is required.' };
  if (value === null) return { error: 'This field may not be null.' };
  const isUuid = typeof value === 'string' && UUID.test(value);
  return isUuid ? { value: value.toLowerCase() } : { error: 'Must be a valid UUID.' };
}
