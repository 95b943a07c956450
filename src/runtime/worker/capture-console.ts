import { format } from 'node:util';
import type { LogRecord } from '../protocol.js';
import { LogLimit } from './log-limit.js';

const LEVELS = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error', trace: 'debug' } as const;

/**
 * Sends what the scenario prints to the conductor, which knows how to print it past the live table.
 *
 * @returns the limit it is under, to flush at the end
 */
export function captureConsole(post: (record: LogRecord) => void, source: string): LogLimit {
  const limit = new LogLimit({ post, source });
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method as keyof typeof LEVELS] = (...values: unknown[]) => limit.log(level, format(...values));
  }
  return limit;
}
