import { parseArgs } from 'node:util';
import { DEFAULT_SWITCHES, DEFAULT_SYSTEM_OPTIONS, type StockSystemOptions } from '../system/options.js';
import { DEFAULT_STOCK_SERVER_OPTIONS, type StockServerOptions } from './server.js';

/** What the environment says where the data is kept. */
export interface StockPlaces {
  readonly DATABASE_URL?: string | undefined;
  readonly REDIS_URL?: string | undefined;
}

export type FlagsOutcome =
  | { readonly kind: 'embedded'; readonly options: Required<StockServerOptions> }
  | { readonly kind: 'system'; readonly options: StockSystemOptions }
  | { readonly kind: 'refused'; readonly message: string };

type Options = typeof DEFAULT_SYSTEM_OPTIONS;
type OptionsOf<T> = { [K in keyof Options]: Options[K] extends T ? K : never }[keyof Options];

interface Flag {
  readonly name: string;
  readonly metavar: string;
  readonly help: string;
  /** Sets the option, or says what it must be. */
  readonly read: (text: string) => Partial<Options> | string;
  /** Means something only on PostgreSQL and Redis. */
  readonly isOfSystem: boolean;
}

const LARGEST_INTEGER = 2_147_483_647;

function numberFlag(
  name: string,
  option: OptionsOf<number> | 'gapMs',
  { help, smallest = 0, largest = LARGEST_INTEGER }: { help: string; smallest?: number; largest?: number },
): Flag {
  const read = (text: string): Partial<Options> | string => {
    const isRight = /^\d+$/.test(text) && Number(text) >= smallest && Number(text) <= largest;
    return isRight ? { [option]: Number(text) } : `a whole number from ${smallest} to ${largest}`;
  };
  return { name, metavar: 'N', help, read, isOfSystem: option === 'gapMs' || option in DEFAULT_SWITCHES };
}

function choiceFlag<K extends OptionsOf<string | boolean>>(
  name: string,
  option: K,
  { help, choices }: { help: string; choices: Readonly<Record<string, Options[K]>> },
): Flag {
  const words = Object.keys(choices);
  return {
    name,
    metavar: words.join('|'),
    help,
    read: (text) =>
      Object.hasOwn(choices, text)
        ? { [option]: choices[text] }
        : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
    isOfSystem: true,
  };
}

const ON_OFF = { on: true, off: false };

const FLAGS: readonly Flag[] = [
  numberFlag('port', 'port', { help: 'port to listen on; 0 takes a free one (default 0)', largest: 65_535 }),
  {
    name: 'host',
    metavar: 'ADDRESS',
    help: 'address to listen on (default 127.0.0.1)',
    read: (host) => (host === '' ? 'an address' : { host }),
    isOfSystem: false,
  },
  numberFlag('stock', 'stock', { help: 'units of each product (default 1000000)' }),
  numberFlag('hot', 'hot', { help: 'products in the list: reservations meet on these (default 200)', smallest: 1 }),
  numberFlag('token-lifetime', 'tokenLifetimeSeconds', {
    help: 'seconds an access token is good for (default 86400)',
    largest: 3_153_600_000,
  }),
  numberFlag('password-cost', 'passwordCost', {
    help: 'PBKDF2 rounds a login costs (default 0: none; 1000 on PostgreSQL)',
  }),
  numberFlag('token-cost', 'tokenCost', { help: 'PBKDF2 rounds checking a token costs (default 0)' }),
  choiceFlag('locking', 'locking', {
    help: 'how a reservation keeps others out (default optimistic)',
    choices: { optimistic: 'optimistic', pessimistic: 'pessimistic', none: 'none' },
  }),
  numberFlag('gap', 'gapMs', { help: 'milliseconds between reading stock and writing it (default 0; 5 with none)' }),
  choiceFlag('cache', 'cache', { help: 'product pages and stock rows in Redis (default on)', choices: ON_OFF }),
  numberFlag('cache-ttl', 'cacheTtlSeconds', { help: 'seconds they are good for (default 30)', smallest: 1 }),
  choiceFlag('n-plus-one', 'nPlusOne', { help: 'one query for each product of a list (default off)', choices: ON_OFF }),
  numberFlag('pool', 'pool', { help: 'connections to PostgreSQL, each process (default 20)', smallest: 1 }),
  numberFlag('round-trip', 'roundTripMs', { help: 'milliseconds each query takes longer: a far database (default 0)' }),
  choiceFlag('reserve', 'reserve', {
    help: 'reservations in the request, or as jobs (default sync)',
    choices: { sync: 'sync', async: 'async' },
  }),
  numberFlag('jobs', 'jobs', { help: 'jobs done at a time, each process (default 10)', smallest: 1 }),
  numberFlag('processes', 'processes', { help: 'processes that serve (default 1)', smallest: 1, largest: 64 }),
  choiceFlag('reset', 'reset', { help: 'throw the data away and seed anew (default off)', choices: ON_OFF }),
];

/** Reads the command line of the stock server, and from the environment which of the two systems is meant. */
export function readFlags(words: readonly string[], places: StockPlaces): FlagsOutcome {
  const known = Object.fromEntries(FLAGS.map(({ name }) => [name, { type: 'string' } as const]));
  let values: Readonly<Record<string, string | undefined>>;
  try {
    values = parseArgs({ args: [...words], options: known, strict: true, allowPositionals: false })
      .values as typeof values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  const options: Partial<Options> = {};
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = places;
  for (const { name, read, isOfSystem } of FLAGS) {
    const given = values[name];
    if (given === undefined) continue;
    if (isOfSystem && !databaseUrl) return refuseEmbedded(name);
    const outcome = read(given);
    if (typeof outcome === 'string')
      return refuse(`--${name} must be ${outcome}, but ${given === '' ? 'nothing' : `"${given}"`} was given.`);
    Object.assign(options, outcome);
  }
  if (databaseUrl) {
    const system = { ...DEFAULT_SYSTEM_OPTIONS, ...options, databaseUrl, redisUrl: redisUrl || undefined };
    return { kind: 'system', options: system };
  }
  return { kind: 'embedded', options: { ...DEFAULT_STOCK_SERVER_OPTIONS, ...options } };
}

function refuseEmbedded(name: string): FlagsOutcome {
  return refuse(
    `--${name} means something only to the stock system on PostgreSQL, but DATABASE_URL is not set.\n` +
      'Try   npm run stock:services, which starts PostgreSQL and Redis and prints what to set',
  );
}

function refuse(message: string): FlagsOutcome {
  const lines = FLAGS.map(({ name, metavar, help }) => `  ${`--${name} ${metavar}`.padEnd(38)} ${help}`);
  return { kind: 'refused', message: `${message}\nFlags\n${lines.join('\n')}` };
}
