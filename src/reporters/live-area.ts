import { createLogUpdate } from 'log-update';

/** What a terminal needs to be written to; `process.stdout` is one. */
export interface TerminalStream {
  write(text: string): unknown;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  readonly isTTY?: boolean | undefined;
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

export function createLiveArea(stream: TerminalStream): LiveArea {
  // Only `write`, `columns`, `rows` and `isTTY` of a stream are used; a hidden cursor would outlive a crash.
  const update = createLogUpdate(stream as NodeJS.WriteStream, { showCursor: true });
  let shown: readonly string[] = [];
  const draw = (lines: readonly string[]) => {
    shown = lines;
    if (lines.length > 0) update(lines.join('\n'));
  };
  const erase = () => {
    if (shown.length > 0) update.clear();
  };
  return {
    draw,
    print(lines) {
      erase();
      stream.write(`${lines.join('\n')}\n`);
      draw(shown);
    },
    clear() {
      erase();
      shown = [];
    },
  };
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
