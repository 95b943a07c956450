import type { SeriesCounts } from '../metrics/aggregate.js';
import { type BucketCounts, LAST_BUCKET } from '../metrics/histogram.js';
import type { TimeCounts } from '../metrics/times.js';

const bytesOf = (text: string) => Buffer.from(text, 'latin1');
const HEAD = bytesOf('{"type":"interval-closed","interval":');
const PART = bytesOf(',"part":{"series":[');
const METHOD = bytesOf('{"method":"');
const NAME = bytesOf(',"name":"');
const [BEGUN, COMPLETED] = [bytesOf(',"begun":'), bytesOf(',"completed":')];
const [FAILURES, INTERRUPTED] = [bytesOf(',"failures":'), bytesOf(',"interrupted":')];
const [RECEIVED, SENT] = [bytesOf(',"bytesReceived":'), bytesOf(',"bytesSent":')];
const [RECONNECTS, HOPS] = [bytesOf(',"reconnects":'), bytesOf(',"hops":')];
const TOTAL = bytesOf(',"totalMs":');
const [LEAST, GREATEST] = [bytesOf(',"minMs":'), bytesOf(',"maxMs":')];
const DURATIONS = bytesOf(',"durations":[');
const SERVICE = bytesOf(',"service":{"totalMs":');
const STATUSES = bytesOf(',"statuses":{');
const END = bytesOf(',"errors":[]}');
const [QUOTE, COMMA, POINT, ZERO, NINE] = [0x22, 0x2c, 0x2e, 0x30, 0x39];
const [BACKSLASH, COLON, CLOSE_LIST, CLOSE_OBJECT, SPACE] = [0x5c, 0x3a, 0x5d, 0x7d, 0x20];
/** Numbers of so many digits are exact. */
const MOST_DIGITS = 15;
/** An exact number divided by an exact power of ten is rounded once, as it is when it is read from text. */
const POWERS = Array.from({ length: MOST_DIGITS + 1 }, (_, power) => 10 ** power);

const MOST_SHARED = 1000;

/** The series of an interval, and where in its line their list begins and ends. */
export interface ScannedSeries {
  series: SeriesCounts[];
  from: number;
  to: number;
}

/** Thrown at the first byte that is another than it usually is, and caught in here. */
const UNUSUAL = new Error('not as usual');

/**
 * Reads the series of an interval from its line, several times as fast as `JSON.parse` does: nearly all of a long
 * recording are these. It knows only lines that are written exactly as recordings are, and has no answer to any other.
 */
export class IntervalScanner {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Texts by their place among those of a line: from second to second they are the same. */
  readonly #known: { text: string; bytes: Buffer }[] = [];
  #texts = 0;
  readonly #shared = new Map<number, Map<number, Readonly<Record<string, number>>>>();

  scan(line: Buffer): ScannedSeries | undefined {
    this.#bytes = line;
    this.#at = 0;
    this.#texts = 0;
    try {
      return this.#scan();
    } catch (error) {
      if (error === UNUSUAL) return undefined;
      throw error;
    }
  }

  #scan(): ScannedSeries {
    this.#readCount(HEAD);
    this.#expect(PART);
    const from = this.#at;
    const series: SeriesCounts[] = [];
    while (this.#bytes[this.#at] !== CLOSE_LIST) {
      if (series.length > 0) this.#expectByte(COMMA);
      series.push(this.#readSeries());
    }
    return { series, from, to: this.#at };
  }

  /** Objects are written out, each of one shape: those made by spreading are slow for all who read them. */
  #readSeries(): SeriesCounts {
    const method = this.#readText(METHOD);
    const name = this.#readText(NAME);
    const begun = this.#readCount(BEGUN);
    const completed = this.#readCount(COMPLETED);
    const failures = this.#readCount(FAILURES);
    const interrupted = this.#readCount(INTERRUPTED);
    const bytesReceived = this.#readCount(RECEIVED);
    const bytesSent = this.#readCount(SENT);
    const reconnects = this.#readCount(RECONNECTS);
    const hops = this.#readCount(HOPS);
    const { totalMs, minMs, maxMs, durations } = this.#readTimes(TOTAL);
    const service = this.#readService();
    const statuses = this.#readStatuses();
    this.#expect(END);
    const errors: SeriesCounts['errors'] = [];
    if (minMs === undefined || maxMs === undefined) {
      if (service !== undefined) throw UNUSUAL;
      // biome-ignore format: the same as below
      return { method, name, begun, completed, failures, interrupted, bytesReceived, bytesSent, reconnects, hops, totalMs, durations, statuses, errors };
    }
    if (service === undefined) {
      // biome-ignore format: the same as below
      return { method, name, begun, completed, failures, interrupted, bytesReceived, bytesSent, reconnects, hops, totalMs, minMs, maxMs, durations, statuses, errors };
    }
    // biome-ignore format: one line tells what differs
    return { method, name, begun, completed, failures, interrupted, bytesReceived, bytesSent, reconnects, hops, totalMs, minMs, maxMs, durations, service, statuses, errors };
  }

  #readTimes(before: Buffer): TimeCounts {
    const totalMs = this.#readNumber(before);
    if (!this.#isNext(LEAST)) return { totalMs, durations: this.#readBuckets() };
    const minMs = this.#readNumber(LEAST);
    const maxMs = this.#readNumber(GREATEST);
    return { totalMs, minMs, maxMs, durations: this.#readBuckets() };
  }

  #readService(): TimeCounts | undefined {
    if (!this.#isNext(SERVICE)) return undefined;
    const service = this.#readTimes(SERVICE);
    this.#expectByte(CLOSE_OBJECT);
    return service;
  }

  #readBuckets(): BucketCounts {
    this.#expect(DURATIONS);
    const counts: BucketCounts = [];
    while (this.#bytes[this.#at] !== CLOSE_LIST) {
      if (counts.length > 0) this.#expectByte(COMMA);
      const index = this.#readDigits();
      if (index > LAST_BUCKET) throw UNUSUAL;
      this.#expectByte(COMMA);
      counts.push(index, this.#readDigits());
    }
    this.#at++;
    return counts;
  }

  #readStatuses(): Readonly<Record<string, number>> {
    this.#expect(STATUSES);
    const statuses: [status: number, count: number][] = [];
    while (this.#bytes[this.#at] !== CLOSE_OBJECT) {
      if (statuses.length > 0) this.#expectByte(COMMA);
      this.#expectByte(QUOTE);
      const status = this.#readDigits();
      this.#expectByte(QUOTE);
      this.#expectByte(COLON);
      statuses.push([status, this.#readDigits()]);
    }
    this.#at++;
    return statuses.length === 1 ? this.#shareStatus(...statuses[0]!) : Object.fromEntries(statuses);
  }

  /** An object with a number for a key takes kilobytes: those that say the same are one, which nobody can change. */
  #shareStatus(status: number, count: number): Readonly<Record<string, number>> {
    let byCount = this.#shared.get(status);
    if (byCount === undefined || byCount.size >= MOST_SHARED) {
      byCount = new Map();
      this.#shared.set(status, byCount);
    }
    let statuses = byCount.get(count);
    if (statuses === undefined) {
      statuses = Object.freeze({ [status]: count });
      byCount.set(count, statuses);
    }
    return statuses;
  }

  /** Up to the quotation mark; without escapes. */
  #readText(before: Buffer): string {
    this.#expect(before);
    const bytes = this.#bytes;
    const place = this.#texts++;
    const from = this.#at;
    let at = from;
    for (; bytes[at] !== QUOTE; at++) {
      if (at >= bytes.length || bytes[at]! < SPACE || bytes[at] === BACKSLASH) throw UNUSUAL;
    }
    this.#at = at + 1;
    const known = this.#known[place];
    if (known !== undefined && isSame(known.bytes, bytes, from, at)) return known.text;
    const text = bytes.toString('utf8', from, at);
    this.#known[place] = { text, bytes: Buffer.from(bytes.subarray(from, at)) };
    return text;
  }

  #readCount(before: Buffer): number {
    this.#expect(before);
    return this.#readDigits();
  }

  /** A whole number as JSON has it: without zeroes before it. */
  #readDigits(): number {
    const bytes = this.#bytes;
    const from = this.#at;
    let at = from;
    let value = 0;
    for (let byte = bytes[at]!; byte >= ZERO && byte <= NINE; byte = bytes[++at]!) value = value * 10 + byte - ZERO;
    const digits = at - from;
    if (digits === 0 || digits > MOST_DIGITS || (digits > 1 && bytes[from] === ZERO)) throw UNUSUAL;
    this.#at = at;
    return value;
  }

  /** Without a sign and without an exponent: what follows them is not what is expected then. */
  #readNumber(before: Buffer): number {
    this.#expect(before);
    const from = this.#at;
    const whole = this.#readDigits();
    if (this.#bytes[this.#at] !== POINT) return whole;
    const bytes = this.#bytes;
    const point = this.#at;
    let at = point + 1;
    let value = whole;
    for (let byte = bytes[at]!; byte >= ZERO && byte <= NINE; byte = bytes[++at]!) value = value * 10 + byte - ZERO;
    const decimals = at - point - 1;
    if (decimals === 0) throw UNUSUAL;
    this.#at = at;
    if (at - from - 1 > MOST_DIGITS) return Number(bytes.toString('latin1', from, at));
    return value / POWERS[decimals]!;
  }

  #isNext(expected: Buffer): boolean {
    return isSame(expected, this.#bytes, this.#at, this.#at + expected.length);
  }

  #expect(expected: Buffer): void {
    if (!this.#isNext(expected)) throw UNUSUAL;
    this.#at += expected.length;
  }

  #expectByte(expected: number): void {
    if (this.#bytes[this.#at++] !== expected) throw UNUSUAL;
  }
}

function isSame(expected: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (expected.length !== to - from) return false;
  for (let at = 0; at < expected.length; at++) if (expected[at] !== bytes[from + at]) return false;
  return true;
}
