import type { LogRecord } from '../runtime/protocol.js';
import type { PageLog } from './page-data.js';

const MAX_LINES = 200;
const MAX_CHARACTERS = 2000;

/** The last warnings and errors that were logged. */
export class PageLogTail {
  #lines: PageLog['lines'] = [];
  #leftOut = 0;

  add({ level, source, message }: LogRecord): void {
    if (level !== 'warn' && level !== 'error') return;
    this.#lines.push({ level, source, message: message.slice(0, MAX_CHARACTERS) });
    if (this.#lines.length < 2 * MAX_LINES) return;
    this.#leftOut += this.#lines.length - MAX_LINES;
    this.#lines = this.#lines.slice(-MAX_LINES);
  }

  read(): PageLog {
    const surplus = Math.max(0, this.#lines.length - MAX_LINES);
    return { lines: this.#lines.slice(surplus), leftOut: this.#leftOut + surplus };
  }
}
