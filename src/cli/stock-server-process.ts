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
  /** Resolves when it has ended, whoever ended it. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the stock system; `flags` are its own.
 *
 * @throws LoadwrightError `ERR_OPTION_INVALID` with what it said, if it does not start
 */
export async function startStockServer(flags: readonly string[]): Promise<StockServerProcess> {
  // A group of its own: a Ctrl-C for the run must not take the target away while requests are still on the wire.
  const child = fork(fileURLToPath(SERVER), [...flags], { detached: true, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const complaints: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  const url = await Promise.race([readUrl(child), once(child, 'close').then(() => undefined)]);
  if (url === undefined) {
    throw new LoadwrightError('ERR_OPTION_INVALID', {
      message: `The stock system did not start: ${complaints.join('').split('\n')[0] || 'it said nothing'}`,
      hint: 'loadwright demo --port 0, for a free port',
    });
  }
  return { url, ended, stop: () => stopChild(child, ended) };
}

function readUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      const { type, url } = Object(message) as { type?: unknown; url?: unknown };
      if (type === 'listening' && typeof url === 'string') resolve(url);
    });
  });
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
  await ended;
  clearTimeout(impatience);
}
