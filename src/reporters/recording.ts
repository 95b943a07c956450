import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogRecord, RunEvent } from '../runtime/protocol.js';
import { VERSION } from '../runtime/version.js';
import { formatPlural } from './format/format-number.js';
import { RECORDING_FORMAT, RECORDING_VERSION, type RecordingHeader } from './recording-format.js';
import type { Reporter } from './reporter.js';
import { TailFile } from './tail-file.js';

export interface RecordingOptions {
  /** The file to write; what was there is replaced, and its folder is made. */
  path: string;
  /** Most that what the scenario logs may take; 10 MB if not given. */
  logLimitBytes?: number;
}

const LOG_LIMIT_BYTES = 10_000_000;
/** What is logged waits for the next second, or for this much. */
const MAX_PENDING = 64_000;

/**
 * Writes down every event of a run (`--record`), so that any report can be made from it later: text in UTF-8, one JSON
 * value a line. The first line says what the file is, each further one is an event as reporters hear it.
 *
 * What people get wrong: it is no log. A second of the run is one line however many requests it had, so a recording
 * grows with names and seconds: some 20 kB a second with 20 busy names.
 *
 * Every event is with the operating system before the next one is heard, so that a killed run leaves all its seconds
 * up to the last one. A disk that is full switches the reporter off, as any failure of a reporter does.
 *
 * @example
 * ```ts
 * import { createRecordingReporter, run } from 'loadwright/node';
 * await run({ script: './stock.ts', reporters: [createRecordingReporter({ path: 'results/stock.ndjson' })] });
 * ```
 */
export function createRecordingReporter(options: RecordingOptions): Reporter {
  const recording = new Recording(options);
  return {
    name: 'recording',
    onEvent: (event) => recording.onEvent(event),
    finish: () => recording.finish(),
  };
}

class Recording {
  readonly #options: RecordingOptions;
  #file: TailFile | undefined;
  #pending = '';
  #logBytes = 0;
  #logsLeftOut = 0;

  constructor(options: RecordingOptions) {
    this.#options = options;
  }

  onEvent(event: RunEvent): void {
    if (event.type === 'run-started') {
      // A recording begins with the start, also where a setup has logged before.
      const early = this.#pending;
      this.#open();
      this.#pending += toLine(event) + early;
    } else if (event.type === 'log') {
      this.#addLog(event.record);
      return;
    } else {
      if (event.type === 'run-finished') this.#noteLeftOut();
      this.#pending += toLine(event);
    }
    this.#flush();
  }

  finish(): void {
    this.#flush();
    this.#file?.close();
    this.#file = undefined;
  }

  #open(): void {
    const { path } = this.#options;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = new TailFile(path);
    const header: RecordingHeader = { format: RECORDING_FORMAT, formatVersion: RECORDING_VERSION, version: VERSION };
    this.#pending = toLine(header);
  }

  #addLog(record: LogRecord): void {
    const line = toLine({ type: 'log', record } satisfies RunEvent);
    const bytes = Buffer.byteLength(line);
    if (this.#logBytes + bytes > (this.#options.logLimitBytes ?? LOG_LIMIT_BYTES)) {
      this.#logsLeftOut++;
      return;
    }
    this.#logBytes += bytes;
    this.#pending += line;
    if (this.#pending.length > MAX_PENDING) this.#flush();
  }

  #noteLeftOut(): void {
    if (this.#logsLeftOut === 0) return;
    const message = `left out of this recording: ${formatPlural(this.#logsLeftOut, 'further message')} that were logged`;
    const record: LogRecord = { level: 'warn', message, source: 'loadwright' };
    this.#pending += toLine({ type: 'log', record } satisfies RunEvent);
  }

  #flush(): void {
    if (this.#file === undefined) return;
    this.#file.append(this.#pending);
    this.#pending = '';
  }
}

function toLine(value: RunEvent | RecordingHeader): string {
  return `${JSON.stringify(value)}\n`;
}
