import { describe, expect, it } from 'vitest';
import { Aggregate, type SeriesCounts } from '../../src/metrics/aggregate.js';
import { IntervalScanner } from '../../src/reporters/scan-interval.js';
import { sampleOf } from '../support/samples.js';

/** Park and Miller's generator. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const NAMES = ['01_jwt_auth', '02_상품 목록', '/search?q=a b', 'é'];

function makeLine(random: () => number, series: readonly SeriesCounts[]): Buffer {
  const interval = Math.floor(random() * 4000);
  const part = { series, exceptions: [], droppedIterations: 0 };
  return Buffer.from(JSON.stringify({ type: 'interval-closed', interval, part, gauges: { users: { 사용자: 3 } } }));
}

/** As a worker counts them: some with two times, some that only began, some of several statuses. */
function countSeries(random: () => number): SeriesCounts[] {
  const aggregate = new Aggregate();
  for (const name of NAMES) {
    aggregate.addBegun('GET', name);
    for (let left = Math.floor(random() * 6); left > 0; left--) {
      const serviceMs = random() < 0.2 ? 7 : (0.01 + random()) * 10 ** Math.floor(random() * 9 - 3);
      const responseMs = random() < 0.2 ? serviceMs + random() : serviceMs;
      const status = random() < 0.8 ? 200 : 200 + Math.floor(random() * 300);
      aggregate.add(sampleOf({ method: 'GET', name, serviceMs, responseMs, status, bytesReceived: 2 ** 40 }), 0);
    }
  }
  return aggregate.takeSnapshot();
}

/** What is between `from` and `to`, read by the parser that knows all of JSON. */
const parse = (line: Buffer, { from, to }: { from: number; to: number }) =>
  JSON.parse(`[${line.toString('utf8', from, to)}]`) as unknown;

describe('a line', () => {
  it('as recordings have it is read as JSON is, key by key', () => {
    const random = createRandom(3);
    const scanner = new IntervalScanner();
    for (let round = 0; round < 500; round++) {
      const series = countSeries(random);
      const line = makeLine(random, series);
      const scanned = scanner.scan(line);
      expect(JSON.stringify(scanned?.series)).toBe(JSON.stringify(series));
      expect(parse(line, scanned!)).toStrictEqual(scanned!.series);
    }
  });

  it('without series, or of an event of another kind', () => {
    const random = createRandom(3);
    expect(new IntervalScanner().scan(makeLine(random, []))?.series).toEqual([]);
    expect(new IntervalScanner().scan(Buffer.from('{"type":"log","record":{}}'))).toBeUndefined();
  });

  it.each<[string, (series: SeriesCounts) => object]>([
    ['an escape in a name', (series) => ({ ...series, name: 'a "quoted" one' })],
    ['errors', (series) => ({ ...series, errors: [{ error: 'x', count: 1, firstSeenMs: 0, lastSeenMs: 0 }] })],
    ['a negative number', (series) => ({ ...series, totalMs: -1.5 })],
    ['an exponent', (series) => ({ ...series, totalMs: 1e-7 })],
    ['half a request', (series) => ({ ...series, begun: 0.5 })],
    ['a bucket that no histogram has', (series) => ({ ...series, durations: [10_000_000, 1] })],
    ['a bucket without a count', (series) => ({ ...series, durations: [1, 1, 2] })],
    ['a number too large to be exact', (series) => ({ ...series, bytesSent: 2 ** 60 })],
    ['text for a number', (series) => ({ ...series, failures: '0' })],
    ['something else behind it', (series) => ({ ...series, slowest: [] })],
    ['another order', ({ method, ...series }) => ({ ...series, method })],
  ])('with %s is left to the parser that knows all of JSON', (_, change) => {
    const random = createRandom(11);
    const [first] = countSeries(random);
    const line = makeLine(random, [change(first!) as SeriesCounts]);
    expect(new IntervalScanner().scan(line)).toBeUndefined();
  });

  it.each(['7.', '07', '.5', '+7', '7e3', '-0'])('with the number %s is left to it too', (number) => {
    const random = createRandom(11);
    const line = makeLine(random, countSeries(random))
      .toString()
      .replace(/"totalMs":[\d.]+/, `"totalMs":${number}`);
    expect(new IntervalScanner().scan(Buffer.from(line))).toBeUndefined();
  });

  it('with any byte changed, added or left out is never read as something else', () => {
    const random = createRandom(5);
    const scanner = new IntervalScanner();
    const bytes = Buffer.from('0123456789.,:;-+eE"\\{}[] \ta\u0000', 'latin1');
    let read = 0;
    for (let round = 0; round < 6_000; round++) {
      const line = makeLine(random, countSeries(random));
      const at = Math.floor(random() * line.length);
      const byte = bytes[Math.floor(random() * bytes.length)]!;
      const kept = Math.floor(random() * 3);
      const mutated = Buffer.concat([line.subarray(0, at), Buffer.from([byte]), line.subarray(at + kept)]);
      const scanned = scanner.scan(mutated);
      if (scanned === undefined) continue;
      read++;
      expect(parse(mutated, scanned), mutated.toString()).toStrictEqual(scanned.series);
    }
    expect(read).toBeGreaterThan(1_000);
  });
});
