import { LoadwrightError } from '../../errors.js';
import { type DataTable, TableReader } from '../data-table.js';
import type { Share } from '../plan.js';
import { type AnyFeeder, formatFeederName, isFeeder } from './feeder.js';
import { RandomStream } from './random.js';

/** Keeps the streams of shuffles apart from those of users. */
const SHUFFLE = 0x66656564;

export interface FeederCursorsOptions {
  share: Share;
  /** The run's. */
  seed: number;
  /** The files' rows, by the feeder's number; arrays need none. */
  tables: Pick<ReadonlyMap<number, DataTable>, 'get'>;
}

/** Who asks for a row. */
export interface RowTaker {
  /** The name of the user's kind. */
  kind: string;
  /** The user's number among all users of these kinds (undefined: of all) in the run, from 0. */
  turnOfUser: (kinds: readonly string[] | undefined) => number;
  /** The iteration's number in its load, where the load numbers iterations: open loads and shared iterations. */
  startIndex: number | undefined;
  /** Turns that this iteration has taken. The caller keeps it with the user, and clears it when an iteration begins. */
  takesInIteration: Map<AnyFeeder, number>;
  /** The next number in [0, 1) of a stream of the user's own. */
  random: () => number;
}

/** A row, or that there is none left and the scenario wants the user to end. */
export type NextRow = { isExhausted: false; row: unknown } | { isExhausted: 'stop' };

interface Cursor {
  readonly rows: number;
  readonly read: (row: number) => unknown;
  /** A place of the shuffled order -> row. */
  readonly permutation: Uint32Array | undefined;
  /** How often this share has taken a row. */
  taken: number;
  /** Of `unique: 'iteration'`: whether rows go by the iteration's number or by this share's turns. */
  goesByStart: boolean | undefined;
}

const EXHAUSTED: NextRow = Object.freeze({ isExhausted: 'stop' });

/**
 * Where one share is in the rows of each feeder. Rows are given by turns: a user's number, an iteration's number, or, as the
 * j-th of this share, `index + j × count`. No two shares have the same turn, and they need not talk to each other for it.
 */
export class FeederCursors {
  readonly #options: FeederCursorsOptions;
  readonly #cursors = new WeakMap<AnyFeeder, Cursor>();

  constructor(options: FeederCursorsOptions) {
    this.#options = options;
  }

  /** Does what can be done before users start: shuffles, and makes sure that each file's rows are there. */
  prepare(feeders: readonly AnyFeeder[]): void {
    for (const feeder of feeders) this.#find(feeder);
  }

  /**
   * The next row of a feeder for a user.
   *
   * @throws LoadwrightError `ERR_DATA_EXHAUSTED` if there is none and the scenario did not say what then,
   * `ERR_SCENARIO_INVALID` if this is no feeder of the scenario, or its rows cannot be given once only
   */
  next(feeder: AnyFeeder, who: RowTaker): NextRow {
    const cursor = this.#find(feeder);
    let turn = this.#takeTurn(feeder, cursor, who);
    if (turn >= cursor.rows) {
      if (feeder.atEnd === 'stop') return EXHAUSTED;
      if (feeder.atEnd === undefined) throw refuseExhausted(feeder, cursor.rows, this.#options.share.count);
      turn %= cursor.rows;
    }
    return { isExhausted: false, row: cursor.read(cursor.permutation?.[turn] ?? turn) };
  }

  #takeTurn(feeder: AnyFeeder, cursor: Cursor, who: RowTaker): number {
    if (feeder.order === 'random') return Math.floor(who.random() * cursor.rows);
    if (feeder.unique === 'user') return this.#turnOfUser(feeder, who);
    if (feeder.unique === undefined) return this.#takeStriped(cursor);
    const goesByStart = who.startIndex !== undefined;
    cursor.goesByStart ??= goesByStart;
    if (cursor.goesByStart !== goesByStart) throw refuseMixed(feeder);
    if (who.startIndex !== undefined) return who.startIndex;
    const turn = who.takesInIteration.get(feeder) ?? this.#takeStriped(cursor);
    who.takesInIteration.set(feeder, turn);
    return turn;
  }

  #turnOfUser(feeder: AnyFeeder, { kind, turnOfUser }: RowTaker): number {
    const { kinds } = feeder;
    if (kinds !== undefined && !kinds.includes(kind)) throw refuseKind(feeder, kind);
    return turnOfUser(kinds);
  }

  #takeStriped(cursor: Cursor): number {
    const { index, count } = this.#options.share;
    return index + cursor.taken++ * count;
  }

  #find(feeder: AnyFeeder): Cursor {
    const known = this.#cursors.get(feeder);
    if (known !== undefined) return known;
    const { rows, read } = this.#open(feeder);
    const permutation = feeder.isShuffled ? shuffleRows(rows, [this.#options.seed, SHUFFLE, feeder.number]) : undefined;
    const cursor: Cursor = { rows, read, permutation, taken: 0, goesByStart: undefined };
    this.#cursors.set(feeder, cursor);
    return cursor;
  }

  #open(feeder: AnyFeeder): Pick<Cursor, 'rows' | 'read'> {
    if (!isFeeder(feeder)) {
      throw new LoadwrightError('ERR_SCENARIO_INVALID', {
        message: `next() takes a feeder, but the scenario gave ${String(feeder)}.`,
        hint: "const accounts = feeder({ csv: './accounts.csv' });   next(accounts)",
      });
    }
    const { source } = feeder;
    if (source.type === 'array') return { rows: source.rows.length, read: (row) => source.rows[row] };
    const table = this.#options.tables.get(feeder.number);
    if (table === undefined) {
      throw new LoadwrightError('ERR_SCENARIO_INVALID', {
        message: `${formatFeederName(feeder)} was made while the run was on; files are read before users start.`,
        hint: `const rows = feeder({ ${source.format}: '${source.path}' });   at the top of the scenario`,
      });
    }
    const reader = new TableReader(table);
    return { rows: reader.rows, read: (row) => reader.row(row) };
  }
}

/** A random order of rows: every order is as likely as any other, and the same words give the same one everywhere. */
export function shuffleRows(rows: number, words: readonly number[]): Uint32Array {
  const stream = new RandomStream(words);
  const order = new Uint32Array(rows);
  for (let place = 0; place < rows; place++) {
    const other = Math.floor(stream.next() * (place + 1));
    order[place] = order[other]!;
    order[other] = place;
  }
  return order;
}

function refuseExhausted(feeder: AnyFeeder, rows: number, shares: number): LoadwrightError {
  const many = rows === 1 ? 'its only row has' : `all ${rows} rows have`;
  const part = shares > 1 && feeder.unique !== 'user' ? `, as far as they are this worker's, 1 of ${shares},` : '';
  const given = feeder.unique === undefined ? 'been given' : `been given, each to one ${feeder.unique}`;
  return new LoadwrightError('ERR_DATA_EXHAUSTED', {
    message: `${formatFeederName(feeder)} has run out: ${many}${part} ${given}.`,
    hint: "more rows, or   atEnd: 'stop'   to end the users that ask, or   atEnd: 'wrap'   to begin again",
  });
}

function refuseMixed(feeder: AnyFeeder): LoadwrightError {
  return new LoadwrightError('ERR_SCENARIO_INVALID', {
    message:
      `${formatFeederName(feeder)} cannot give each row to one iteration: it was asked by iterations that have a number ` +
      'and by others, or by onStart.',
    hint: "unique: 'user'   in onStart, and a feeder of its own for each load",
  });
}

function refuseKind(feeder: AnyFeeder, kind: string): LoadwrightError {
  const kinds = feeder.kinds!;
  return new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `${formatFeederName(feeder)} is for users of ${kinds.join(', ')}, but one of ${kind} asked.`,
    hint: `kinds: [${[...kinds, kind].map((name) => `'${name}'`).join(', ')}]`,
  });
}
