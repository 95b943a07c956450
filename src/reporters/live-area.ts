import { createLogUpdate } from 'log-update';
import { widthOf } from './format/pad-text.js';

/** What a terminal needs to be written to; `process.stdout` is one. */
export interface TerminalStream {
  write(text: string): unknown;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  readonly isTTY?: boolean | undefined;
  /** A terminal tells when its size changes. */
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** A few lines at the bottom of a terminal that are drawn over and over, with ordinary output going past above them. */
export interface LiveArea {
  /** Shows these lines instead of the ones shown before. */
  draw(lines: readonly string[]): void;
  /** Prints lines for good; the live lines move down. */
  print(lines: readonly string[]): void;
  /** Takes the live lines away. */
  clear(): void;
}

/** What `log-update` needs to know of lines that it has not drawn itself. */
interface Shown {
  lines: readonly string[];
  columns: number | undefined;
}

export function createLiveArea(stream: TerminalStream): LiveArea {
  // Only `write`, `columns`, `rows` and `isTTY` of a stream are used; a hidden cursor would outlive a crash.
  const update = createLogUpdate(stream as NodeJS.WriteStream, { showCursor: true });
  let shown: Shown = { lines: [], columns: undefined };
  const erase = () => {
    if (shown.lines.length === 0) return;
    if (stream.columns === shown.columns) {
      update.clear();
      return;
    }
    stream.write(eraseReflowed(shown.lines, stream));
    update.done();
  };
  const draw = (lines: readonly string[]) => {
    if (lines.length === 0 || stream.columns !== shown.columns) erase();
    shown = { lines, columns: stream.columns };
    if (lines.length > 0) update(lines.join('\n'));
  };
  return {
    draw,
    print(lines) {
      erase();
      stream.write(`${lines.join('\n')}\n`);
      const { lines: live } = shown;
      shown = { lines: [], columns: undefined };
      draw(live);
    },
    clear() {
      erase();
      shown = { lines: [], columns: undefined };
    },
  };
}

const ERASE_LINE = '\x1b[2K';
const UP = '\x1b[1A';
const TO_FIRST_COLUMN = '\x1b[G';

/** On a terminal that got narrower, what was one line may be several by now. */
function eraseReflowed(lines: readonly string[], { columns = 80, rows = 24 }: TerminalStream): string {
  const height = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
  return `${ERASE_LINE}${`${UP}${ERASE_LINE}`.repeat(Math.min(height, Math.max(0, rows - 1)))}${TO_FIRST_COLUMN}`;
}

/** The same for a file or a pipe, where nothing can be taken back: live lines are not shown. */
export function createPlainArea(stream: TerminalStream): LiveArea {
  return {
    draw: () => undefined,
    print: (lines) => {
      stream.write(`${lines.join('\n')}\n`);
    },
    clear: () => undefined,
  };
}
