import type { LogRecord } from '../runtime/protocol.js';
import type { PageLog, PageLogLine } from './page-data.js';

/** More lines than this nobody reads in a page; the recording has them all. */
export const MAX_LOG_LINES = 1000;
const MAX_CHARACTERS = 2000;
/** Of all lines together: half a megabyte is in every page that is read. */
const MAX_TOTAL = 500_000;

/** The last lines that were logged. */
export class PageLogTail {
  #lines: PageLogLine[] = [];
  /** The number of the first line that is kept. */
  #first = 0;
  #characters = 0;

  add({ level, source, message }: LogRecord): void {
    const line = { level, source, message: message.slice(0, MAX_CHARACTERS) };
    this.#lines.push(line);
    this.#characters += line.message.length;
    let surplus = Math.max(0, this.#lines.length - MAX_LOG_LINES);
    for (let at = 0; at < surplus; at++) this.#characters -= this.#lines[at]!.message.length;
    while (this.#characters > MAX_TOTAL) this.#characters -= this.#lines[surplus++]!.message.length;
    if (surplus === 0) return;
    this.#lines.splice(0, surplus);
    this.#first += surplus;
  }

  /** From line number `from` on. */
  read(from = 0): PageLog {
    const skipped = Math.min(this.#lines.length, Math.max(0, from - this.#first));
    return { first: this.#first + skipped, lines: this.#lines.slice(skipped) };
  }

  /** How many lines there have been. */
  get count(): number {
    return this.#first + this.#lines.length;
  }
}

/** The lines that are shown, and those that came since; of what was missed between them nothing is known. */
export function joinLog(shown: PageLog, next: PageLog): PageLog {
  if (next.lines.length === 0) return shown;
  const hasGap = next.first > shown.first + shown.lines.length;
  const kept = hasGap ? [] : shown.lines.slice(0, Math.max(0, next.first - shown.first));
  const lines = [...kept, ...next.lines].slice(-MAX_LOG_LINES);
  return { first: next.first + next.lines.length - lines.length, lines };
}
