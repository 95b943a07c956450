import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogLevel } from '../options/resolved-options.js';
import type { LogRecord, RunEvent } from '../runtime/protocol.js';
import { escapeLines } from './format/escape-text.js';
import { formatDuration } from './format/format-duration.js';
import { formatPlace, formatStopCause } from './format/format-run-lines.js';
import { formatVerdict } from './format/format-verdict.js';
import { isLevelShown } from './log-levels.js';
import { redactSecrets } from './redact-secrets.js';
import type { Reporter } from './reporter.js';

export interface LogFileOptions {
  /** The file to append to; its folder is made. */
  path: string;
  /** What is less serious is left out. */
  level: LogLevel;
}

/**
 * Appends what a run and its scenario had to say to a file (`--logfile`): one line each, with the wall-clock time, the
 * level and where it came from; further lines of the same message are indented. Every line is on disk as soon as it is
 * known, so a crash loses none, and nothing is left out for being too much.
 */
export function createLogFileReporter(options: LogFileOptions): Reporter {
  let descriptor: number | undefined;
  const write = (record: LogRecord) => {
    if (!isLevelShown(record.level, options.level)) return;
    descriptor ??= openLog(options.path);
    writeSync(descriptor, formatRecord(record, new Date()));
  };
  return {
    name: 'log file',
    onEvent(event) {
      // Opened at once, so that a file nobody can write is known before the run is over.
      if (event.type === 'run-started') descriptor ??= openLog(options.path);
      const record = recordOf(event);
      if (record !== undefined) write(record);
    },
    finish() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
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

function recordOf(event: RunEvent): LogRecord | undefined {
  if (event.type === 'log') return event.record;
  const own = (level: LogRecord['level'], message: string): LogRecord => ({ level, message, source: 'loadwright' });
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
    case 'run-finished': {
      const { hasFailed, text } = formatVerdict(event.result, 0);
      return own(hasFailed ? 'error' : 'info', text);
    }
    default:
      return undefined;
  }
}
