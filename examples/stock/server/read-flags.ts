import { parseArgs } from 'node:util';
import { DEFAULT_STOCK_SERVER_OPTIONS, type StockServerOptions } from './server.js';

export type FlagsOutcome =
  | { readonly isAccepted: true; readonly options: Required<StockServerOptions> }
  | { readonly isAccepted: false; readonly message: string };

interface NumberFlag {
  readonly name: string;
  readonly option: Exclude<keyof StockServerOptions, 'host'>;
  readonly largest: number;
}

const NUMBER_FLAGS: readonly NumberFlag[] = [
  { name: 'port', option: 'port', largest: 65_535 },
  { name: 'stock', option: 'stock', largest: 2_147_483_647 },
  { name: 'token-lifetime', option: 'tokenLifetimeSeconds', largest: 3_153_600_000 },
  { name: 'password-cost', option: 'passwordCost', largest: 2_147_483_647 },
];

const USAGE = [
  'Flags  --port N             port to listen on; 0 takes a free one (default 0)',
  '       --host ADDRESS       address to listen on (default 127.0.0.1)',
  '       --stock N            units of each product (default 1000000)',
  '       --token-lifetime N   seconds an access token is good for (default 86400)',
  '       --password-cost N    PBKDF2 rounds a login costs (default 0: none)',
].join('\n');

/** Reads the command line of the stock server. */
export function readFlags(words: readonly string[]): FlagsOutcome {
  const text = { type: 'string' } as const;
  const flags = Object.fromEntries(['host', ...NUMBER_FLAGS.map((flag) => flag.name)].map((name) => [name, text]));
  let values: Readonly<Record<string, string | undefined>>;
  try {
    values = parseArgs({ args: [...words], options: flags, strict: true, allowPositionals: false })
      .values as typeof values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  const options = { ...DEFAULT_STOCK_SERVER_OPTIONS };
  if (values.host === '') return refuse('--host must be an address, but nothing was given.');
  options.host = values.host ?? options.host;
  for (const { name, option, largest } of NUMBER_FLAGS) {
    const given = values[name];
    if (given === undefined) continue;
    if (!/^\d+$/.test(given) || Number(given) > largest) {
      return refuse(`--${name} must be a whole number from 0 to ${largest}, but "${given}" was given.`);
    }
    options[option] = Number(given);
  }
  return { isAccepted: true, options };
}

function refuse(message: string): FlagsOutcome {
  return { isAccepted: false, message: `${message}\n${USAGE}` };
}
