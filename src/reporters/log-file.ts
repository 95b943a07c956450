import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogLevel } from '../options/resolved-options.js';
import { redactSecrets } from '../redact-secrets.js';
import type { LogRecord, RunEvent, RunResult } from '../runtime/protocol.js';
import { escapeLines } from './format/escape-text.js';
import { formatDuration } from './format/format-duration.js';
import { formatLoadFigures, formatOutside } from './format/format-load-figures.js';
import { formatBytes, formatPlural } from './format/format-number.js';
import { formatPlace, formatStopCause } from './format/format-run-lines.js';
import { formatThreshold } from './format/format-thresholds.js';
import { formatVerdict } from './format/format-verdict.js';
import { isLevelShown } from './log-levels.js';
import type { Reporter } from './reporter.js';

export interface LogFileOptions {
  /** The file to append to; its folder is made. */
  path: string;
  /** What is less serious is left out. */
  level: LogLevel;
  /** The most bytes that one run may add to the file; 100 MB if not given. */
  limitBytes?: number;
}

const OWN_SOURCE = 'loadwright';
const LINE_END = /\r\n|\n|\r/;
const LIMIT_BYTES = 100_000_000;
/** Room for the lines that say that the limit was reached, and how much was left out. */
const NOTE_BYTES = 400;
/** Room for how the run went, after its scenario has filled the file; less where there is little. */
const OWN_BYTES = 64_000;

/**
 * Appends what a run and its scenario had to say to a file (`--logfile`): one line each, with the wall-clock time, the
 * level and where it came from; further lines of the same message are indented. Every line is on disk as soon as it is
 * known, so a crash loses none.
 *
 * What people get wrong: the file is appended to, so it grows from run to run. One run adds no more than `limitBytes`.
 * When a scenario has filled them, a line says so, and what it logs from then on is left out and counted; how the run
 * ended still has room.
 */
export function createLogFileReporter(options: LogFileOptions): Reporter {
  const file = new LogFile(options.path, options.limitBytes ?? LIMIT_BYTES);
  return {
    name: 'log file',
    onEvent(event) {
      // Opened at once, so that a file nobody can write is known before the run is over.
      if (event.type === 'run-started') file.open();
      const record = recordOf(event);
      if (record !== undefined && isLevelShown(record.level, options.level)) file.add(record);
    },
    finish: () => file.close(),
  };
}

/** A file that a run cannot fill the disk with. */
class LogFile {
  readonly #path: string;
  readonly #limitBytes: number;
  #descriptor: number | undefined;
  #bytesWritten = 0;
  #linesLeftOut = 0;
  #isFull = false;

  constructor(path: string, limitBytes: number) {
    this.#path = path;
    this.#limitBytes = limitBytes;
  }

  open(): void {
    this.#descriptor ??= openLog(this.#path);
  }

  add(record: LogRecord): void {
    const isOwn = record.source === OWN_SOURCE;
    const noteBytes = this.#isFull ? NOTE_BYTES / 2 : NOTE_BYTES;
    const ownBytes = isOwn ? 0 : Math.min(OWN_BYTES, this.#limitBytes / 4);
    const isRefused = this.#isFull && !isOwn;
    if (!isRefused && this.#write(record, noteBytes + ownBytes)) return;
    this.#linesLeftOut += record.message.split(LINE_END).length;
    if (this.#isFull) return;
    this.#isFull = true;
    const limit = formatBytes(this.#limitBytes);
    this.#write(
      own(
        'warn',
        `the log of this run has reached its limit of ${limit}: what the scenario logs is left out from here on`,
      ),
      0,
    );
  }

  close(): void {
    if (this.#linesLeftOut > 0) {
      const lines = formatPlural(this.#linesLeftOut, 'line');
      this.#write(own('warn', `left out for the limit of ${formatBytes(this.#limitBytes)}: ${lines}`), 0);
    }
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** Writes a record if that leaves so many bytes free. */
  #write(record: LogRecord, freeBytes: number): boolean {
    const roomBytes = this.#limitBytes - this.#bytesWritten - freeBytes;
    if (record.message.length > roomBytes) return false;
    const text = Buffer.from(formatRecord(record, new Date()));
    if (text.length > roomBytes) return false;
    this.open();
    writeSync(this.#descriptor!, text);
    this.#bytesWritten += text.length;
    return true;
  }
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return openSync(path, 'a');
}

function formatRecord({ level, message, source }: LogRecord, at: Date): string {
  const [first = '', ...more] = escapeLines(redactSecrets(message));
  const head = `${at.toISOString()} ${level.toUpperCase().padEnd(5)} [${escapeLines(source).join(' ')}] ${first}`;
  return `${[head, ...more.map((line) => `    ${line}`)].join('\n')}\n`;
}

function own(level: LogRecord['level'], message: string): LogRecord {
  return { level, message, source: OWN_SOURCE };
}

function recordOf(event: RunEvent): LogRecord | undefined {
  if (event.type === 'log') return event.record;
  switch (event.type) {
    case 'run-started':
      return own('info', `run of ${event.scenario} started: ${event.host ?? 'no host'}, ${event.workers} workers`);
    case 'warning':
      return own('warn', `${event.code} ${event.message}`);
    case 'worker-silent':
      return own('warn', `worker ${event.share} has been silent for ${event.seconds} s${formatPlace(event)}`);
    case 'worker-lost':
      return own('error', `worker ${event.share} was lost${formatPlace(event)}: ${event.reason}`);
    case 'statistics-reset':
      return own('info', `statistics begin anew at second ${event.firstInterval}`);
    case 'run-stopping':
      return own('info', `stopping after ${formatDuration(event.atMs)}: ${formatStopCause(event.cause)}`);
    case 'run-finished':
      return recordOfResult(event.result);
    default:
      return undefined;
  }
}

/** How the run ended, and under it each threshold, what `verify` found, and how the load was kept to. */
function recordOfResult(result: RunResult): LogRecord {
  const { hasFailed, text } = formatVerdict(result, 0);
  const { part, thresholds, verifyFailures = [], outside } = result;
  const types = new Map(part.measures.map(({ key, type }) => [key, type]));
  const { startLag, droppedIterations, missedStarts } = part;
  const hasLoadFigures = startLag.count + droppedIterations + missedStarts > 0;
  const lines = [
    text,
    ...thresholds.map((verdict) => formatThreshold(verdict, (key) => types.get(key))),
    ...verifyFailures.map((failure) => `✗ verify: ${failure}`),
    ...(hasLoadFigures ? formatLoadFigures(part, false) : []),
    ...formatOutside(outside),
  ];
  return own(hasFailed ? 'error' : 'info', lines.join('\n'));
}
