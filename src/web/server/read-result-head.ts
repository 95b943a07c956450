import type { FileHandle } from 'node:fs/promises';
import { RESULT_FORMAT } from '../../reporters/result/result-format.js';
import type { RunEnds } from './read-run-ends.js';

/** Options, generator and the row of all requests stand in it, whatever the number of names. */
const HEAD_BYTES = 1_000_000;
const FIELD = /^"(\w+)": (.*),$/;

/** What a list of runs shows of a JSON result: one field a line, and those that matter before the long ones. */
export async function readResultHead(handle: FileHandle, bytes: number): Promise<RunEnds> {
  const buffer = Buffer.alloc(Math.min(bytes, HEAD_BYTES));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
  const fields = new Map<string, unknown>();
  for (const line of buffer.toString('utf8', 0, bytesRead).split('\n')) {
    const [, key, text] = FIELD.exec(line) ?? [];
    if (key === undefined || fields.has(key)) continue;
    fields.set(key, parse(text!));
    if (key === 'total') break;
  }
  return fields.get('format') === RESULT_FORMAT ? toEnds(fields) : {};
}

function toEnds(fields: ReadonlyMap<string, unknown>): RunEnds {
  const ends: RunEnds = {};
  for (const key of ['startedAt', 'scenario', 'host'] as const) {
    const value = fields.get(key);
    if (typeof value === 'string') ends[key] = value.slice(0, 500);
  }
  const [state, exitCode, durationMs] = ['state', 'exitCode', 'durationMs'].map((key) => fields.get(key));
  const { completed, failures } = (fields.get('total') ?? {}) as Record<string, unknown>;
  const areNumbers = [exitCode, durationMs, completed, failures].every((value) => typeof value === 'number');
  const isKnown = state === 'completed' || state === 'stopped' || state === 'incomplete';
  if (areNumbers && isKnown)
    ends.result = { state, exitCode, durationMs, completed, failures } as RunEnds['result'] & {};
  return ends;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
