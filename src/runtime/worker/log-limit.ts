import { type Clock, systemClock } from '../../metrics/clock.js';
import type { LogRecord } from '../protocol.js';

/** Lines that may be sent in one second; what is more is counted and said. */
const LINES_PER_SECOND = 200;
/** The most of one message; nobody reads an answer of megabytes on a terminal. */
const MOST_CHARACTERS = 16_384;
const WINDOW_MS = 1000;
const LINE_END = /\r\n|\n|\r/;

export interface LogLimitOptions {
  post: (record: LogRecord) => void;
  source: string;
  clock?: Clock;
}

/**
 * Passes on what a scenario has to say, up to so many lines a second: a thousand users that each log a line an
 * iteration would otherwise keep the thread that counts busy with words. How much was left out is said when the second
 * is over.
 */
export class LogLimit {
  readonly #post: (record: LogRecord) => void;
  readonly #source: string;
  readonly #clock: Clock;
  #windowAtMs = Number.NEGATIVE_INFINITY;
  #left = 0;
  #leftOut = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ post, source, clock = systemClock }: LogLimitOptions) {
    this.#post = post;
    this.#source = source;
    this.#clock = clock;
  }

  log(level: LogRecord['level'], message: string): void {
    const nowMs = this.#clock.now();
    if (nowMs - this.#windowAtMs >= WINDOW_MS) {
      this.flush();
      this.#windowAtMs = nowMs;
      this.#left = LINES_PER_SECOND;
    }
    const lines = shorten(message).split(LINE_END);
    const shown = lines.slice(0, this.#left);
    this.#left -= shown.length;
    if (shown.length > 0) this.#post({ level, message: shown.join('\n'), source: this.#source });
    if (lines.length > shown.length) this.#leaveOut(lines.length - shown.length, nowMs);
  }

  /** Says at once what was left out; at the end of a share, whose last second would not be over. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#leftOut === 0) return;
    const lines = this.#leftOut === 1 ? '1 more line was' : `${this.#leftOut} more lines were`;
    this.#leftOut = 0;
    this.#post({ level: 'warn', message: `${lines} not shown: too many a second.`, source: this.#source });
  }

  #leaveOut(lines: number, nowMs: number): void {
    this.#leftOut += lines;
    // It keeps no thread alive.
    this.#timer ??= setTimeout(() => this.flush(), this.#windowAtMs + WINDOW_MS - nowMs).unref();
  }
}

function shorten(message: string): string {
  const surplus = message.length - MOST_CHARACTERS;
  return surplus <= 0 ? message : `${message.slice(0, MOST_CHARACTERS)}… (${surplus} more characters)`;
}
