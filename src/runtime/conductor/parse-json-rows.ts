import type { DataTable } from '../data-table.js';

/** The text is no JSON array. */
export class JsonRowsError extends Error {
  override readonly name = 'JsonRowsError';

  /** @param found what the text begins with, if it is not an array's bracket; otherwise it is not JSON */
  constructor(readonly found?: string) {
    super('This is no array of rows.');
  }
}

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const SPACES = [32, 10, 13, 9];

/**
 * The members of a JSON array in UTF-8. Each is parsed to know that it is right, and kept as text: all together as values
 * would be many times the file.
 *
 * @throws JsonRowsError if it is no array, or no JSON
 */
export function parseJsonRows(bytes: Buffer): DataTable {
  const begin = skipSpace(bytes, 0);
  if (begin === bytes.length) throw new JsonRowsError();
  if (bytes[begin] !== OPEN) throw new JsonRowsError(readStart(bytes, begin));
  const target = Buffer.from(new SharedArrayBuffer(bytes.length));
  const offsets: number[] = [0];
  let end = 0;
  let from = skipSpace(bytes, begin + 1);
  const isEmpty = bytes[from] === CLOSE;
  while (!isEmpty) {
    const to = findMemberEnd(bytes, from);
    const text = bytes.toString('utf8', from, to);
    requireJson(text);
    end += target.write(text.trim(), end);
    offsets.push(end);
    from = to + 1;
    if (bytes[to] === CLOSE) break;
  }
  const rest = isEmpty ? from + 1 : from;
  if (skipSpace(bytes, rest) < bytes.length) throw new JsonRowsError();
  const shared = new Uint32Array(new SharedArrayBuffer(offsets.length * Uint32Array.BYTES_PER_ELEMENT));
  shared.set(offsets);
  return {
    rows: offsets.length - 1,
    bytes: target.buffer as unknown as SharedArrayBuffer,
    offsets: shared.buffer as SharedArrayBuffer,
  };
}

/** Where the member that begins at `from` ends: at a comma or the array's bracket. Its own brackets are only counted. */
function findMemberEnd(bytes: Buffer, from: number): number {
  let depth = 0;
  for (let index = from; index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte === QUOTE) index = findQuote(bytes, index + 1);
    else if (depth === 0 && (byte === COMMA || byte === CLOSE)) return index;
    else if (byte === OPEN || byte === OPEN_BRACE) depth++;
    else if (byte === CLOSE || byte === CLOSE_BRACE) depth--;
  }
  throw new JsonRowsError();
}

function findQuote(bytes: Buffer, from: number): number {
  for (let index = from; index < bytes.length; index++) {
    if (bytes[index] === QUOTE) return index;
    if (bytes[index] === BACKSLASH) index++;
  }
  throw new JsonRowsError();
}

function requireJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new JsonRowsError();
  }
}

function skipSpace(bytes: Buffer, from: number): number {
  let index = from;
  while (SPACES.includes(bytes[index]!)) index++;
  return index;
}

function readStart(bytes: Buffer, from: number): string {
  const [line = ''] = bytes.toString('utf8', from, from + 60).split('\n');
  return [...line].slice(0, 12).join('').trim();
}
