import type { FileHandle } from 'node:fs/promises';
import type { RunResult } from '../../runtime/protocol.js';

/** What the first and the last lines of a recording say. */
export interface RunEnds {
  startedAt?: string;
  scenario?: string;
  host?: string;
  result?: Pick<RunResult, 'state' | 'exitCode' | 'durationMs'> & { completed: number; failures: number };
}

/** The plan and all options of a run stand in one of the first lines. */
const HEAD_BYTES = 1_000_000;
/** A result of a thousand names. */
const TAIL_BYTES = 8_000_000;
const CHUNK_BYTES = 64_000;
const NEWLINE = 10;

/** Reads what a list of runs shows, and no more of the file than that; what is no recording has nothing to say. */
export async function readRunEnds(handle: FileHandle, bytes: number): Promise<RunEnds> {
  const ends: RunEnds = {};
  const started = parseEvent(await readSecondLine(handle, bytes));
  if (started?.type === 'run-started') {
    for (const key of ['startedAt', 'scenario', 'host'] as const) {
      const value = started[key];
      if (typeof value === 'string') ends[key] = value.slice(0, 500);
    }
  }
  const finished = parseEvent(await readLastLine(handle, bytes));
  if (finished?.type === 'run-finished') {
    const { state, exitCode, durationMs, total } = finished.result as RunResult;
    ends.result = { state, exitCode, durationMs, completed: total.completed, failures: total.failures };
  }
  return ends;
}

async function readSecondLine(handle: FileHandle, bytes: number): Promise<string> {
  let text = Buffer.alloc(0);
  while (text.length < Math.min(bytes, HEAD_BYTES)) {
    const chunk = await readAt(handle, text.length, CHUNK_BYTES);
    if (chunk.length === 0) break;
    text = Buffer.concat([text, chunk]);
    const first = text.indexOf(NEWLINE);
    const second = first < 0 ? -1 : text.indexOf(NEWLINE, first + 1);
    if (second >= 0) return text.toString('utf8', first + 1, second);
  }
  return '';
}

/** Empty if it is not finished with a line break, as in a run that goes on. */
async function readLastLine(handle: FileHandle, bytes: number): Promise<string> {
  let text = Buffer.alloc(0);
  for (let from = bytes; from > 0 && text.length < TAIL_BYTES; ) {
    const length = Math.min(CHUNK_BYTES, from);
    from -= length;
    text = Buffer.concat([await readAt(handle, from, length), text]);
    if (text.at(-1) !== NEWLINE) return '';
    const before = text.lastIndexOf(NEWLINE, text.length - 2);
    if (before >= 0 || from === 0) return text.toString('utf8', before + 1, text.length - 1);
  }
  return '';
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function parseEvent(line: string): ({ type: string } & Record<string, unknown>) | undefined {
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === 'object' && event !== null && 'type' in event ? (event as never) : undefined;
  } catch {
    return undefined;
  }
}
