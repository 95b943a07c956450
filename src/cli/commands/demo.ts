import { fileURLToPath } from 'node:url';
import { LoadwrightError } from '../../errors.js';
import { fromFlags } from '../../options/from-flags.js';
import { readEnvironment } from '../../options/read-environment.js';
import type { OptionLayer, ResolvedOptions } from '../../options/resolved-options.js';
import { carryOutScenario } from '../carry-out-scenario.js';
import { type CommandDefinition, commandNamed } from '../command-table.js';
import { loadRuntime } from '../load-runtime.js';
import { type CommandLine, parseCommandLine } from '../parse-command-line.js';
import { checkLayers } from '../read-layers.js';
import { type StockServerProcess, startStockServer } from '../stock-server-process.js';
import { stopOnSignals } from '../stop-on-signals.js';

const SCENARIO = new URL('../../../examples/stock/scenario.ts', import.meta.url);
/** What the demo runs with where no flag or variable says otherwise. */
const DEMO_VALUES = { users: 100, spawnRate: 20, runTime: '20s', csv: 'results/demo', headless: true };

/** `loadwright demo`: the stock system in a process of its own, and the stock scenario against it. */
export async function demoCommand(words: readonly string[]): Promise<number> {
  const command = commandNamed('demo')!;
  const line = parseCommandLine(words, command);
  const serverFlags = toServerFlags(line, command);
  if (line.own['server-only'] === true) {
    refuseRunFlags(line);
    return await serve(serverFlags);
  }
  refuseHost(line);
  const given = [readEnvironment(process.env), fromFlags(line.flags)];
  const { early } = checkLayers([demoLayer(), ...given]);
  return await runDemo(line.words, { given, early }, serverFlags);
}

async function runDemo(
  kinds: string[],
  { given, early }: { given: OptionLayer[]; early: ResolvedOptions },
  serverFlags: string[],
): Promise<number> {
  const loading = loadRuntime();
  const { signal, release } = stopOnSignals();
  const server = await startStockServer(serverFlags);
  try {
    const layers = [demoLayer(), ...given, hostLayer(server)];
    process.stdout.write(
      `The stock system listens on ${server.url}, in a process of its own${describePlaces(server)}.\n`,
    );
    const scenario = { path: fileURLToPath(SCENARIO), kinds, layers, signal, name: 'demo' };
    return await carryOutScenario(scenario, await loading, early);
  } finally {
    await server.stop();
    release();
  }
}

async function serve(serverFlags: string[]): Promise<number> {
  const { signal } = stopOnSignals();
  const server = await startStockServer(serverFlags, (text) => process.stderr.write(text));
  process.stdout.write(`The stock system listens on ${server.url}${describePlaces(server)}. Ctrl-C stops it.\n`);
  const stopped = new Promise<'stopped'>((resolve) => signal.addEventListener('abort', () => resolve('stopped')));
  const outcome = signal.aborted ? 'stopped' : await Promise.race([stopped, server.ended]);
  if (outcome !== 'stopped') throw new Error('The stock system ended by itself.');
  await server.stop();
  return 0;
}

function describePlaces({ places }: StockServerProcess): string {
  return places === undefined ? '' : `, on ${places}`;
}

function toServerFlags({ own }: CommandLine, command: CommandDefinition): string[] {
  const passedOn = command.flags.filter(({ kind }) => kind === 'text');
  return passedOn.flatMap(({ flag }) => (own[flag] === undefined ? [] : [`--${flag}=${own[flag]}`]));
}

function demoLayer(): OptionLayer {
  const entries = Object.entries(DEMO_VALUES).map(([name, value]) => [name, { value, origin: 'loadwright demo' }]);
  return { layer: 'profile', values: Object.fromEntries(entries) };
}

function hostLayer({ url }: StockServerProcess): OptionLayer {
  return { layer: 'flag', values: { host: { value: url, origin: 'loadwright demo' } } };
}

function refuseHost({ flags }: CommandLine): void {
  if (!flags.some(({ flag }) => flag === 'host')) return;
  throw new LoadwrightError('ERR_OPTION_CONFLICT', {
    message: '"demo" starts the stock system itself, but --host names another one.',
    hint: 'loadwright run <file> --host <url>',
  });
}

function refuseRunFlags({ flags, words }: CommandLine): void {
  const surplus = flags[0]?.written ?? words[0];
  if (surplus === undefined) return;
  throw new LoadwrightError('ERR_OPTION_CONFLICT', {
    message: `"demo --server-only" runs no users, so ${surplus} means nothing to it.`,
    hint: 'loadwright demo --server-only --port 8000',
  });
}
