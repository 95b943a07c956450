import { open } from 'node:fs/promises';
import { LoadwrightError } from '../errors.js';
import type { RunEvent } from '../runtime/protocol.js';
import { isRunEvent } from './check-event.js';
import { RECORDING_FORMAT, RECORDING_VERSION } from './recording-format.js';
import { IntervalScanner } from './scan-interval.js';

/** An event and the line it stands in, counted from 1. */
export interface RecordedEvent {
  line: number;
  event: RunEvent;
}

/** How a recording ends: the line that was being written when the run was killed, if there is one. */
export interface RecordingEnd {
  cutLine: number | undefined;
}

const CHUNK_BYTES = 1 << 20;
const LINE_FEED = 0x0a;
const SHOWN_CHARACTERS = 60;

/**
 * Reads a recording, event by event: an hour of it never is in memory. A last line that was cut off is left out.
 *
 * @throws LoadwrightError `ERR_RECORDING_INVALID` for a file that is no recording, and for a line in it that is none
 */
export async function* readRecording(path: string): AsyncGenerator<RecordedEvent, RecordingEnd> {
  let line = 0;
  const scanner = new IntervalScanner();
  for await (const { lines, rest } of readLines(path)) {
    for (const bytes of lines) {
      line++;
      if (line === 1) checkHeader(path, bytes.toString());
      else yield { line, event: scanEvent(scanner, bytes) ?? parseEvent(bytes.toString(), { path, line }) };
    }
    if (rest === undefined) continue;
    const last = line === 0 ? undefined : tryParse(rest.toString());
    if (line === 0) checkHeader(path, rest.toString());
    else if (last === undefined) return { cutLine: line + 1 };
    else yield { line: line + 1, event: last };
  }
  return { cutLine: undefined };
}

/** Whole lines, in memory that serves the next ones, and at the end what follows the last line feed. */
async function* readLines(path: string): AsyncGenerator<{ lines: Buffer[]; rest?: Buffer }> {
  let parts: Buffer[] = [];
  for await (const chunk of readChunks(path)) {
    const lines: Buffer[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      parts.push(chunk.subarray(from, end));
      lines.push(join(parts));
      parts = [];
      from = end + 1;
    }
    if (from < chunk.length) parts.push(Buffer.from(chunk.subarray(from)));
    yield { lines };
  }
  if (parts.length > 0) yield { lines: [], rest: join(parts) };
}

/** Chunks are in the same memory, one after another: what is kept of one has to be copied. */
async function* readChunks(path: string): AsyncGenerator<Buffer> {
  const refuse = (error: NodeJS.ErrnoException): never => {
    throw invalid(`The recording ${path} cannot be read: ${error.code ?? error.message}.`, error);
  };
  const file = await open(path).catch(refuse);
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  try {
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, null).catch(refuse);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

function join(parts: readonly Buffer[]): Buffer {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function checkHeader(path: string, text: string): void {
  const header = tryParseJson(text) as { format?: unknown; formatVersion?: unknown; version?: unknown } | undefined;
  if (header?.format !== RECORDING_FORMAT || typeof header.formatVersion !== 'number') {
    throw invalid(`${path} is no recording: line 1 is ${show(text)}.`);
  }
  if (header.formatVersion <= RECORDING_VERSION) return;
  throw invalid(
    `${path} was written by Loadwright ${String(header.version)} in format ${header.formatVersion}, but this version ` +
      `reads formats up to ${RECORDING_VERSION}.`,
    undefined,
    'npm install --save-dev loadwright@latest',
  );
}

/** What nearly all lines of a long recording are, read fast; undefined for all else, and for what is not as usual. */
function scanEvent(scanner: IntervalScanner, line: Buffer): RunEvent | undefined {
  const scanned = scanner.scan(line);
  if (scanned === undefined) return undefined;
  const rest = tryParse(line.toString('utf8', 0, scanned.from) + line.toString('utf8', scanned.to));
  if (rest?.type !== 'interval-closed' || rest.part.series.length > 0) return undefined;
  rest.part.series = scanned.series;
  return rest;
}

function parseEvent(text: string, { path, line }: { path: string; line: number }): RunEvent {
  const value = tryParseJson(text);
  if (isRunEvent(value)) return value;
  throw invalid(`Line ${line} of ${path} is no event of a run: ${show(text)}.`);
}

function tryParse(text: string): RunEvent | undefined {
  const value = tryParseJson(text);
  return isRunEvent(value) ? value : undefined;
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function show(text: string): string {
  if (text.trim() === '') return 'empty';
  const shown = JSON.stringify(text.slice(0, SHOWN_CHARACTERS));
  return text.length > SHOWN_CHARACTERS ? `${shown}…` : shown;
}

function invalid(message: string, cause?: unknown, hint = 'loadwright report results/<run>/recording.ndjson') {
  return new LoadwrightError('ERR_RECORDING_INVALID', { message, hint, cause });
}
