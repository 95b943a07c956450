import { LoadwrightError } from '../../errors.js';
import { nearestName } from '../../options/nearest-name.js';
import type { FeederFile } from '../data-table.js';
import { registerFeeder } from './feeder-registry.js';
import { requireKeys } from './require-keys.js';

export const FEEDER_BRAND: unique symbol = Symbol.for('loadwright.feeder') as never;
declare const ROW: unique symbol;

/** A CSV file in UTF-8 whose first line names the columns. */
export interface CsvSource {
  /** Relative to the scenario's file; for a test given as an object, to the current folder. */
  csv: string;
  /** What stands between two fields: `,` if not given. */
  separator?: string;
}

/** A JSON file in UTF-8 that holds an array of rows. */
export interface JsonSource {
  /** Relative to the scenario's file; for a test given as an object, to the current folder. */
  json: string;
}

/** How rows are given. */
export interface FeederOptions {
  /**
   * `sequential`, if not given: from the first row to the last. `circular`: the same, and then from the first again.
   * `random`: any row each time, drawn from the user's own seeded numbers; it never runs out.
   */
  order?: 'sequential' | 'circular' | 'random';
  /** Brings the rows into a random order first: another one for each `--seed`, the same in every worker. */
  shuffle?: boolean;
  /**
   * Gives each row to one user (`user`: all its life it gets the same row) or to one iteration (`iteration`: within it,
   * always the same row) of the whole run, over all workers.
   */
  unique?: 'user' | 'iteration';
  /** With `unique: 'user'`: the kinds whose users take rows, so that users of other kinds use up none. All if not given. */
  kinds?: readonly string[];
  /**
   * When all rows have been given: `stop` ends the user that asks, `wrap` begins again with the first row. Without
   * either it is an error.
   */
  atEnd?: 'stop' | 'wrap';
}

/** Where rows come from, as a feeder keeps it. */
export type FeederRows =
  | { readonly type: 'array'; readonly rows: readonly unknown[] }
  | ({ readonly type: 'file' } & Readonly<Omit<FeederFile, 'number'>>);

/** A source of rows: frozen plain data. `next(feeder)` in a task gives a row. */
export interface Feeder<Row> {
  readonly [FEEDER_BRAND]: true;
  /** Its place among the feeders of its scenario's file, from 0; below 0 outside of one. A key, the same in every worker. */
  readonly number: number;
  readonly source: FeederRows;
  readonly order: 'sequential' | 'random';
  readonly isShuffled: boolean;
  readonly unique: 'user' | 'iteration' | undefined;
  /** Names of the kinds whose users take rows; undefined: all. */
  readonly kinds: readonly string[] | undefined;
  /** `undefined`: no choice was made, and running out is an error. */
  readonly atEnd: 'stop' | 'wrap' | undefined;
  /** Only for the compiler. */
  readonly [ROW]?: Row;
}

/** A feeder of any rows. */
export type AnyFeeder = Feeder<unknown>;

const OPTION_KEYS = ['order', 'shuffle', 'unique', 'kinds', 'atEnd'];
const CHOICES = {
  order: ['sequential', 'circular', 'random'],
  shuffle: [true, false],
  unique: ['user', 'iteration'],
  atEnd: ['stop', 'wrap'],
} as const;
const EXAMPLE = "feeder({ csv: './accounts.csv' }, { unique: 'user', atEnd: 'stop' })";

/**
 * Rows of test data, such as accounts or search words: an array, a CSV file or a JSON file. Make it at the top of the
 * scenario, outside of any task: `next(feeder)` in a task then gives a row, typed, without waiting.
 *
 * A file is read once, before the first user starts, and held once for all workers; every row from a file is the
 * caller's own to change. The rows of an array are shared by all users of one worker: copy one before you change it.
 * All values of a CSV file are texts, `'7'` and not `7`; blank lines are skipped.
 *
 * With several workers each has its part of the rows: worker 1 of 4 gives rows 0, 4, 8, … So no row is given twice before
 * all have been given, and with one worker the order is that of the file; but a worker whose part is at its end does not
 * take from the others. `unique: 'user'` goes by the user's number among those that take rows, `unique: 'iteration'` by the number of the start where
 * the load has one.
 *
 * When the run stops there is nothing to do: rows are read, never written. A user ended by `atEnd: 'stop'` has its `onStop`,
 * and its end is no failure.
 *
 * @param source rows, `{ csv: path, separator }` or `{ json: path }`
 * @param options the order, to whom a row is given, and what happens after the last one
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` if there are no rows in the array, the source is none, or options
 * contradict each other. Before the run: `ERR_DATA_FILE` if the file cannot be read. From `next`: `ERR_DATA_EXHAUSTED` if all
 * rows have been given and there is no `atEnd`
 * @example
 * ```ts
 * import { defineUser, feeder } from 'loadwright';
 *
 * // accounts.csv: username,password
 * const accounts = feeder({ csv: './accounts.csv' }, { unique: 'user', atEnd: 'stop' });
 * const words = feeder(['stock', 'order', 'price'], { order: 'random' });
 *
 * export const Searcher = defineUser({
 *   async onStart({ http, next }) {
 *     await http.post('/login', { json: next(accounts), required: true });
 *   },
 *   tasks: {
 *     async search({ http, next }) {
 *       await http.get(['/search?q=:word', { word: next(words) }]);
 *     },
 *   },
 * });
 * ```
 */
export function feeder<Row>(source: readonly Row[], options?: FeederOptions): Feeder<Row>;
export function feeder<Row extends { [Column in keyof Row]: string } = Record<string, string>>(
  source: CsvSource,
  options?: FeederOptions,
): Feeder<Row>;
export function feeder<Row = unknown>(source: JsonSource, options?: FeederOptions): Feeder<Row>;
export function feeder(source: readonly unknown[] | CsvSource | JsonSource, options: FeederOptions = {}): AnyFeeder {
  requireOptions(options);
  const { order = 'sequential', shuffle = false, unique, kinds, atEnd } = options;
  const rows = resolveRows(source);
  return registerFeeder((number) =>
    Object.freeze({
      [FEEDER_BRAND]: true as const,
      number,
      source: Object.freeze(rows),
      order: order === 'random' ? 'random' : 'sequential',
      isShuffled: shuffle,
      unique,
      kinds: kinds === undefined ? undefined : Object.freeze([...kinds]),
      atEnd: order === 'circular' ? 'wrap' : atEnd,
    }),
  );
}

export function isFeeder(value: unknown): value is AnyFeeder {
  return typeof value === 'object' && value !== null && FEEDER_BRAND in value;
}

/** What a message calls a feeder. */
export function formatFeederName({ number, source }: AnyFeeder): string {
  if (source.type === 'file') return `The feeder of ${source.path}`;
  return number < 0 ? 'The feeder of an array' : `The feeder of an array (the scenario's feeder ${number + 1})`;
}

/** The files that feeders need, as plain data for the thread that reads them. */
export function describeFeeders(feeders: readonly AnyFeeder[]): FeederFile[] {
  return feeders.flatMap(({ number, source }) => {
    if (source.type === 'array') return [];
    const { format, path, separator } = source;
    return [{ number, format, path, separator }];
  });
}

function resolveRows(source: unknown): FeederRows {
  if (Array.isArray(source)) {
    if (source.length === 0) throw refuse('feeder() needs at least one row, but its array is empty.');
    return { type: 'array', rows: Object.freeze([...source]) };
  }
  if (typeof source !== 'object' || source === null || 'csv' in source === 'json' in source) {
    const found = typeof source === 'object' ? JSON.stringify(source) : String(source);
    throw refuse(`feeder() takes an array, { csv: path } or { json: path }, but the scenario gave ${found}.`);
  }
  const format = 'csv' in source ? 'csv' : 'json';
  requireKeys('the source of feeder()', source, { known: format === 'csv' ? ['csv', 'separator'] : ['json'] });
  const { [format]: path, separator = ',' } = source as Record<string, unknown>;
  if (typeof path !== 'string' || path === '') {
    throw refuse(`"${format}" in feeder() must be the path of a file, but the scenario gave ${JSON.stringify(path)}.`);
  }
  if (typeof separator !== 'string' || separator === '' || /["\r\n]/.test(separator)) {
    throw refuse(
      `"separator" in feeder() must be what stands between two fields, but the scenario gave ${JSON.stringify(separator)}.`,
      "{ csv: './accounts.csv', separator: ';' }",
    );
  }
  return { type: 'file', format, path, separator };
}

function requireOptions(options: FeederOptions): void {
  requireKeys('feeder()', options, { known: OPTION_KEYS });
  for (const [key, choices] of Object.entries(CHOICES)) {
    const given = options[key as keyof FeederOptions];
    if (given === undefined || (choices as readonly unknown[]).includes(given)) continue;
    const list = choices.map((choice) => JSON.stringify(choice)).join(', ');
    throw refuse(`"${key}" in feeder() must be one of ${list}, but the scenario gave ${JSON.stringify(given)}.`);
  }
  requireKinds(options);
  const { order, unique, atEnd } = options;
  if (order === 'random' && unique !== undefined) {
    throw refuse(
      `A feeder with order: "random" gives rows more than once, but the scenario also gave unique: "${unique}".`,
      `{ shuffle: true, unique: '${unique}' }   for rows in a random order, each given once`,
    );
  }
  if (order !== undefined && order !== 'sequential' && atEnd === 'stop') {
    throw refuse(
      `A feeder with order: "${order}" never runs out, but the scenario also gave atEnd: "stop".`,
      "{ order: 'sequential', atEnd: 'stop' }",
    );
  }
}

function requireKinds({ kinds, unique }: FeederOptions): void {
  if (kinds === undefined) return;
  const given: unknown = kinds;
  if (!Array.isArray(given) || given.length === 0 || !given.every((name) => typeof name === 'string')) {
    throw refuse(
      `"kinds" in feeder() must be a list of names of kinds, but the scenario gave ${JSON.stringify(kinds)}.`,
      "{ unique: 'user', kinds: ['Buyer'] }",
    );
  }
  if (unique === 'user') return;
  throw refuse('"kinds" in feeder() goes with unique: "user" alone.', "{ unique: 'user', kinds: ['Buyer'] }");
}

/**
 * Makes sure that feeders are for kinds that there are.
 *
 * @throws LoadwrightError `ERR_SCENARIO_INVALID`, naming the nearest kind
 */
export function requireFeederKinds(feeders: readonly AnyFeeder[], known: readonly string[]): void {
  for (const feeder of feeders) {
    const unknown = feeder.kinds?.find((kind) => !known.includes(kind));
    if (unknown === undefined) continue;
    throw refuse(
      `${formatFeederName(feeder)} is for users of "${unknown}", which is no kind of the scenario.`,
      nearestName(unknown, known) ?? `One of: ${known.join(', ')}.`,
    );
  }
}

function refuse(message: string, hint = EXAMPLE): LoadwrightError {
  return new LoadwrightError('ERR_SCENARIO_INVALID', { message, hint });
}
