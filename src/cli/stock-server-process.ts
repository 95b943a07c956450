import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LoadwrightError } from '../errors.js';

/** Where the build puts the stock system, seen from `dist/cli`. */
const SERVER = new URL('../examples/stock/server/main.js', import.meta.url);
const STOP_PATIENCE_MS = 1_000;

/** The stock system in a process of its own; it ends with this process, however that ends. */
export interface StockServerProcess {
  url: string;
  /** What it stands on; undefined when everything is in its memory. */
  places: string | undefined;
  /** Resolves when it has ended, whoever ended it. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the stock system; `flags` are its own, and `say` hears what it says while it serves.
 *
 * @throws LoadwrightError `ERR_OPTION_INVALID` with what it said, if it does not start
 */
export async function startStockServer(
  flags: readonly string[],
  say: (text: string) => unknown = () => undefined,
): Promise<StockServerProcess> {
  // A group of its own: a Ctrl-C for the run must not take the target away while requests are still on the wire.
  const child = fork(fileURLToPath(SERVER), [...flags], { detached: true, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let complaints = '';
  let complain = (text: string): unknown => (complaints += text);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => complain(text));
  const address = await Promise.race([readAddress(child), once(child, 'close').then(() => undefined)]);
  if (address === undefined) throw explainFailure(complaints);
  complain = say;
  if (complaints !== '') say(complaints);
  return { ...address, ended, stop: () => stopChild(child, ended) };
}

function readAddress(child: ChildProcess): Promise<Pick<StockServerProcess, 'url' | 'places'>> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      const { type, url, places } = Object(message) as { type?: unknown; url?: unknown; places?: string };
      if (type === 'listening' && typeof url === 'string') resolve({ url, places });
    });
  });
}

/** The server says what is wrong in its first line, and in its second what to type, where it knows. */
function explainFailure(complaints: string): LoadwrightError {
  const [first, second = ''] = complaints.split('\n');
  return new LoadwrightError('ERR_OPTION_INVALID', {
    message: `The stock system did not start: ${first || 'it said nothing'}`,
    hint: /^Try +(.*)/.exec(second)?.[1] ?? 'loadwright demo --port 0, for a free port',
  });
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
  await ended;
  clearTimeout(impatience);
}
