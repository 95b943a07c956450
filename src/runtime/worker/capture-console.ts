import { format } from 'node:util';
import type { LogRecord } from '../protocol.js';

/** Lines a worker may print in one second; what is more is counted and said. */
const LINES_PER_SECOND = 200;

const LEVELS = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error', trace: 'debug' } as const;

/** Sends what the scenario prints to the conductor, which knows how to print it past the live table. */
export function captureConsole(post: (record: LogRecord) => void, source: string): void {
  let secondAtMs = 0;
  let lines = 0;
  const send = (level: LogRecord['level'], message: string) => {
    const atMs = performance.now();
    if (atMs - secondAtMs >= 1000) {
      if (lines > LINES_PER_SECOND) {
        post({ level: 'warn', message: `${lines - LINES_PER_SECOND} more lines were not shown.`, source });
      }
      secondAtMs = atMs;
      lines = 0;
    }
    if (++lines <= LINES_PER_SECOND) post({ level, message, source });
  };
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method as keyof typeof LEVELS] = (...values: unknown[]) => send(level, format(...values));
  }
}
