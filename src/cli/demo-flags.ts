import type { CommandFlag } from '../options/command-flags.js';

const NEEDS = 'On PostgreSQL (DATABASE_URL):';

/** Flags of `demo`: those with a value are the stock system's own. */
export const DEMO_FLAGS: readonly CommandFlag[] = [
  { flag: 'server-only', kind: 'boolean', metavar: '', help: 'Only serve the stock system, until Ctrl-C.' },
  { flag: 'port', kind: 'text', metavar: 'number', help: 'Port of the stock system (default: a free one).' },
  { flag: 'stock', kind: 'text', metavar: 'number', help: 'Units of each product (default 1000000).' },
  {
    flag: 'hot',
    kind: 'text',
    metavar: 'number',
    help: 'How many products the list shows, so that reservations meet on these (default 200).',
  },
  {
    flag: 'password-cost',
    kind: 'text',
    metavar: 'number',
    help: 'PBKDF2 rounds a login costs (default 0: none; 1000 on PostgreSQL).',
  },
  {
    flag: 'token-lifetime',
    kind: 'text',
    metavar: 'seconds',
    help: 'How long an access token is good for (default 86400).',
  },
  {
    flag: 'locking',
    kind: 'text',
    metavar: 'how',
    help: `${NEEDS} optimistic (default), pessimistic, or none, which oversells.`,
  },
  {
    flag: 'gap',
    kind: 'text',
    metavar: 'ms',
    help: `${NEEDS} time between reading stock and writing it (default 0; 5 with --locking none).`,
  },
  { flag: 'cache', kind: 'text', metavar: 'on|off', help: `${NEEDS} product pages and stock rows in Redis.` },
  { flag: 'cache-ttl', kind: 'text', metavar: 'seconds', help: `${NEEDS} how long they are good for (default 30).` },
  { flag: 'n-plus-one', kind: 'text', metavar: 'on|off', help: `${NEEDS} one query for each product of a list.` },
  { flag: 'pool', kind: 'text', metavar: 'number', help: `${NEEDS} connections, in each process (default 20).` },
  {
    flag: 'round-trip',
    kind: 'text',
    metavar: 'ms',
    help: `${NEEDS} how much longer each query takes, as of a database far away (default 0).`,
  },
  {
    flag: 'token-cost',
    kind: 'text',
    metavar: 'number',
    help: `${NEEDS} PBKDF2 rounds that checking a token costs (default 0: none).`,
  },
  {
    flag: 'reserve',
    kind: 'text',
    metavar: 'how',
    help: `${NEEDS} reservations in the request (sync, default) or as jobs (async).`,
  },
  { flag: 'jobs', kind: 'text', metavar: 'number', help: `${NEEDS} jobs at a time, in each process (default 10).` },
  { flag: 'processes', kind: 'text', metavar: 'number', help: `${NEEDS} processes that serve (default 1).` },
  { flag: 'reset', kind: 'text', metavar: 'on|off', help: `${NEEDS} throw its data away and seed it anew.` },
];
