import { type HeadMarks, MARKS } from './raw-headers.js';

/** What a head says that matters to the connection. */
export interface AnswerHead extends HeadMarks {
  status: number;
  /** -1 if the head does not say. */
  contentLength: number;
  isChunked: boolean;
  staysOpen: boolean;
  /** How long the server keeps an idle connection, in ms, by its `Keep-Alive: timeout`; -1 if it does not say. */
  idleLimitMs: number;
}

/** Larger ones are left to undici, which says when they are too large. */
const MOST_BYTES = 8 * 1024;
const LEAST_BYTES = 'HTTP/1.1 200\r\n\r\n'.length;
const MOST_LENGTH_DIGITS = 15;
const CR = 13;
const LF = 10;
const SPACE = 32;
const TAB = 9;
const COLON = 58;
const ZERO = 48;
const LOWER_CASE = 0x20;

const VERSION = Buffer.from('HTTP/1.1 ');
/** Bytes of names (RFC 9110, 5.6.2) and of values (5.5): 1 where they may be. */
const NAME_BYTES = new Uint8Array(256);
const VALUE_BYTES = new Uint8Array(256);
for (const byte of Buffer.from("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
  NAME_BYTES[byte] = 1;
}
VALUE_BYTES.fill(1, SPACE, 127).fill(1, 128);
VALUE_BYTES[TAB] = 1;

const KEEP_ALIVE_TIMEOUT = /^timeout=(\d{1,6})(?:, ?max=\d{1,9})?$/;

/** One object for a thread: it holds until the next head is read. */
const head: AnswerHead = {
  status: 0,
  end: 0,
  marks: 0,
  typeLength: 0,
  contentLength: -1,
  isChunked: false,
  staysOpen: true,
  idleLimitMs: -1,
};
/** Where name and value of the line read last are. */
const field = { nameAt: 0, nameLength: 0, valueAt: 0, valueEnd: 0 };

/**
 * Reads a whole head that begins at 0 and says nothing unusual: HTTP/1.1, a final status, one length or chunks or neither,
 * lines that end with CR LF. Anything else, and a head that has not all arrived, gives undefined: what it means, or what
 * is wrong with it, another parser has to say.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112
 */
export function readHead(bytes: Buffer, length: number): AnswerHead | undefined {
  const limit = Math.min(length, MOST_BYTES);
  let at = readStatusLine(bytes, limit);
  if (at < 0) return undefined;
  head.marks = 0;
  head.typeLength = 0;
  head.contentLength = -1;
  head.isChunked = false;
  head.staysOpen = true;
  head.idleLimitMs = -1;
  while (at + 1 < limit) {
    if (bytes[at] === CR) {
      head.end = at + 2;
      return bytes[at + 1] === LF && (head.contentLength < 0 || !head.isChunked) ? head : undefined;
    }
    // What lies behind `limit` may be of an earlier answer.
    at = readField(bytes, at);
    if (at < 0 || at > limit || !noteField(bytes)) return undefined;
  }
  return undefined;
}

/** Where the line after it begins; -1 if it is not a plain one. */
function readStatusLine(bytes: Buffer, limit: number): number {
  if (limit < LEAST_BYTES) return -1;
  for (let at = 0; at < VERSION.length; at++) if (bytes[at] !== VERSION[at]) return -1;
  const hundreds = bytes[9]! - ZERO;
  const tens = bytes[10]! - ZERO;
  const ones = bytes[11]! - ZERO;
  if (!(hundreds >= 2 && hundreds <= 5 && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9)) return -1;
  head.status = hundreds * 100 + tens * 10 + ones;
  let at = 12;
  if (bytes[at] === SPACE) while (at < limit && VALUE_BYTES[bytes[at]!] === 1) at++;
  return at + 1 < limit && bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : -1;
}

/** Reads one line into `field`. Where the next one begins; -1 if it is not a plain one. */
function readField(bytes: Buffer, from: number): number {
  let at = from;
  field.nameAt = at;
  while (NAME_BYTES[bytes[at]!] === 1) at++;
  field.nameLength = at - from;
  if (field.nameLength === 0 || bytes[at++] !== COLON) return -1;
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  field.valueAt = at;
  while (VALUE_BYTES[bytes[at]!] === 1) at++;
  field.valueEnd = at;
  return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : -1;
}

/** Notes what the line in `field` says, if it matters. False if it says something unusual about the connection. */
function noteField(bytes: Buffer): boolean {
  switch (field.nameLength) {
    case 7:
      return !isNamed(bytes, 'upgrade') && !isNamed(bytes, 'trailer');
    case 8:
      return note(bytes, 'location', MARKS.location);
    case 10:
      if (isNamed(bytes, 'connection')) return noteConnection(bytes);
      if (isNamed(bytes, 'keep-alive')) return noteKeepAlive(bytes);
      return note(bytes, 'set-cookie', MARKS['set-cookie']);
    case 12:
      return noteType(bytes);
    case 13:
      return note(bytes, 'server-timing', MARKS['server-timing']);
    case 14:
      return !isNamed(bytes, 'content-length') || noteLength(bytes);
    case 16:
      return !isNamed(bytes, 'proxy-connection') && note(bytes, 'content-encoding', MARKS['content-encoding']);
    case 17:
      return !isNamed(bytes, 'transfer-encoding') || noteCoding(bytes);
    default:
      return true;
  }
}

function note(bytes: Buffer, name: string, mark: number): true {
  if (isNamed(bytes, name)) head.marks |= mark;
  return true;
}

function noteType(bytes: Buffer): true {
  if (!isNamed(bytes, 'content-type')) return true;
  if (head.typeLength === 0) head.typeLength = field.valueEnd - field.valueAt;
  head.marks |= MARKS['content-type'];
  return true;
}

function noteLength(bytes: Buffer): boolean {
  const { valueAt, valueEnd } = field;
  if (head.contentLength >= 0 || valueEnd === valueAt || valueEnd - valueAt > MOST_LENGTH_DIGITS) return false;
  let length = 0;
  for (let at = valueAt; at < valueEnd; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return false;
    length = length * 10 + digit;
  }
  head.contentLength = length;
  return true;
}

function noteCoding(bytes: Buffer): boolean {
  if (head.isChunked || !hasValue(bytes, 'chunked')) return false;
  head.isChunked = true;
  return true;
}

function noteConnection(bytes: Buffer): boolean {
  if (hasValue(bytes, 'keep-alive')) return true;
  if (!hasValue(bytes, 'close')) return false;
  head.staysOpen = false;
  return true;
}

function noteKeepAlive(bytes: Buffer): boolean {
  const found = KEEP_ALIVE_TIMEOUT.exec(bytes.toString('latin1', field.valueAt, field.valueEnd));
  if (found === null || head.idleLimitMs >= 0) return false;
  head.idleLimitMs = Number(found[1]) * 1000;
  return true;
}

function isNamed(bytes: Buffer, name: string): boolean {
  return field.nameLength === name.length && isText(bytes, name, field.nameAt);
}

function hasValue(bytes: Buffer, value: string): boolean {
  return field.valueEnd - field.valueAt === value.length && isText(bytes, value, field.valueAt);
}

/** Whether `text`, in lower case, stands there in any case. */
function isText(bytes: Buffer, text: string, from: number): boolean {
  for (let at = 0; at < text.length; at++) {
    const byte = bytes[from + at]!;
    if ((byte >= 0x41 && byte <= 0x5a ? byte | LOWER_CASE : byte) !== text.charCodeAt(at)) return false;
  }
  return true;
}
