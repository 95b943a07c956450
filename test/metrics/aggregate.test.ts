import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Aggregate, MAX_NAMES, OTHER_NAMES, OTHER_REASONS, type SeriesCounts } from '../../src/metrics/aggregate.js';
import type { Sample } from '../../src/metrics/sample.js';
import { addAll, normalise, sampleOf } from '../support/samples.js';

function sumOf(series: readonly SeriesCounts[], read: (counts: SeriesCounts) => number): number {
  return series.reduce((sum, counts) => sum + read(counts), 0);
}

describe('one series', () => {
  it('counts everything a sample carries', () => {
    const aggregate = new Aggregate();
    aggregate.addBegun('GET', '/a');
    aggregate.addBegun('GET', '/a');
    aggregate.addBegun('GET', '/a');
    aggregate.add(sampleOf({ serviceMs: 4, hops: 2 }), 1000);
    aggregate.add(sampleOf({ serviceMs: 6, status: 500, error: 'status 500', reconnects: 1 }), 1000);
    aggregate.addInterrupted('GET', '/a');
    const [counts] = aggregate.read();
    expect(counts).toMatchObject({
      method: 'GET',
      name: '/a',
      begun: 3,
      completed: 2,
      failures: 1,
      interrupted: 1,
      totalMs: 10,
      minMs: 4,
      maxMs: 6,
      bytesReceived: 200,
      bytesSent: 40,
      reconnects: 1,
      hops: 2,
      statuses: { 200: 1, 500: 1 },
      errors: [{ error: 'status 500', count: 1, firstSeenMs: 500, lastSeenMs: 500 }],
    });
  });

  it('is the pair of method and name', () => {
    const aggregate = addAll(new Aggregate(), [sampleOf(), sampleOf({ method: 'POST' }), sampleOf({ name: 'GET /a' })]);
    expect(aggregate.read().map(({ method, name }) => [method, name])).toEqual([
      ['GET', '/a'],
      ['GET', 'GET /a'],
      ['POST', '/a'],
    ]);
  });

  it('has no least and greatest time until something is completed', () => {
    const aggregate = new Aggregate();
    aggregate.addBegun('GET', '/slow');
    const [counts] = aggregate.read();
    expect(counts).not.toHaveProperty('minMs');
    expect(counts).not.toHaveProperty('maxMs');
    expect(counts!.begun).toBe(1);
  });

  it('does not keep the sample, which is used again', () => {
    const sample = sampleOf({ error: 'first' });
    const aggregate = addAll(new Aggregate(), [sample]);
    sample.error = 'second';
    sample.serviceMs = 99;
    sample.responseMs = 99;
    expect(aggregate.read()[0]).toMatchObject({ maxMs: 10, errors: [{ error: 'first' }] });
  });

  it('keeps when a reason was first and last seen, whatever the order', () => {
    const times = [4000, 1200, 2500].map((finishedAtMs) => sampleOf({ finishedAtMs, error: 'refused' }));
    expect(addAll(new Aggregate(), times).read()[0]!.errors).toEqual([
      { error: 'refused', count: 3, firstSeenMs: 200, lastSeenMs: 3000 },
    ]);
  });
});

describe('taking and merging', () => {
  it('forgets what was taken, and leaves out names without anything', () => {
    const aggregate = addAll(new Aggregate(), [sampleOf({ error: 'x' })]);
    expect(aggregate.takeSnapshot()).toHaveLength(1);
    expect(aggregate.takeSnapshot()).toEqual([]);
    addAll(aggregate, [sampleOf({ serviceMs: 2 })]);
    expect(aggregate.read()[0]).toMatchObject({ completed: 1, failures: 0, minMs: 2, maxMs: 2, errors: [] });
  });

  it('loses nothing: the sum of any snapshots of any workers is the whole', () => {
    const told = fc.array(
      fc.record({
        worker: fc.nat(3),
        second: fc.nat(3),
        name: fc.constantFrom('/a', '/b', '/c'),
        method: fc.constantFrom('GET', 'POST'),
        serviceMs: fc.double({ min: 0, max: 20_000, noNaN: true }),
        status: fc.constantFrom(0, 200, 404),
        error: fc.constantFrom(undefined, 'refused', 'status 404'),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(told, fc.boolean(), (entries, isReversed) => {
        const whole = addAll(new Aggregate(), entries.map(toSample)).read();
        const snapshots: SeriesCounts[][] = [];
        for (let worker = 0; worker < 4; worker++) {
          const aggregate = new Aggregate();
          for (let second = 0; second < 4; second++) {
            const now = entries.filter((entry) => entry.worker === worker && entry.second === second);
            addAll(aggregate, now.map(toSample));
            snapshots.push(aggregate.takeSnapshot());
          }
        }
        if (isReversed) snapshots.reverse();
        const merged = new Aggregate();
        for (const snapshot of snapshots) merged.merge(structuredClone(snapshot));
        expect(normalise(merged.read())).toEqual(normalise(whole));
      }),
    );
  });

  it('does not share anything with what it merged', () => {
    const part = addAll(new Aggregate(), [sampleOf({ error: 'x' })]).read();
    const merged = new Aggregate();
    merged.merge(part);
    merged.merge(part);
    expect(part[0]!.errors[0]!.count).toBe(1);
    expect(merged.read()[0]!.errors[0]!.count).toBe(2);
  });
});

describe('limits', () => {
  it('counts reasons beyond fifty as one, with their number kept', () => {
    const failures = Array.from({ length: 80 }, (_, index) => sampleOf({ error: `reason ${index}` }));
    const [counts] = addAll(new Aggregate(), failures).read();
    expect(counts!.errors).toHaveLength(51);
    expect(counts!.errors.at(-1)).toMatchObject({ error: OTHER_REASONS, count: 30 });
    expect(counts!.errors.reduce((sum, { count }) => sum + count, 0)).toBe(80);
    expect(counts!.failures).toBe(80);
  });

  it('folds names beyond a thousand into one row and loses no request', () => {
    const aggregate = new Aggregate();
    const names = Array.from({ length: MAX_NAMES + 500 }, (_, index) => `/item/${index}`);
    addAll(
      aggregate,
      names.slice(0, MAX_NAMES).map((name) => sampleOf({ name })),
    );
    expect(aggregate.hasFoldedNames).toBe(false);
    addAll(
      aggregate,
      names.slice(MAX_NAMES).map((name) => sampleOf({ name })),
    );
    const series = aggregate.read();
    expect(aggregate.hasFoldedNames).toBe(true);
    expect(series).toHaveLength(MAX_NAMES + 1);
    expect(series.find(({ name }) => name === OTHER_NAMES)).toMatchObject({ begun: 500, completed: 500 });
    expect(sumOf(series, ({ completed }) => completed)).toBe(names.length);
  });

  it('stays bounded when names keep coming, second after second', () => {
    const aggregate = new Aggregate({ maxNames: 10 });
    let completed = 0;
    for (let second = 0; second < 20; second++) {
      addAll(
        aggregate,
        Array.from({ length: 5 }, (_, index) => sampleOf({ name: `/${second}/${index}` })),
      );
      const snapshot = aggregate.takeSnapshot();
      expect(snapshot.length).toBeLessThanOrEqual(5);
      completed += sumOf(snapshot, (counts) => counts.completed);
    }
    expect(completed).toBe(100);
    expect(
      addAll(aggregate, [sampleOf({ name: '/0/0' })])
        .read()
        .map(({ name }) => name),
    ).toEqual(['/0/0']);
  });

  it('folds merged names too, without losing a request', () => {
    const parts = [0, 1, 2].map((worker) =>
      addAll(
        new Aggregate(),
        Array.from({ length: 8 }, (_, index) => sampleOf({ name: `/${worker}/${index}` })),
      ).read(),
    );
    const merged = new Aggregate({ maxNames: 10 });
    for (const part of parts) merged.merge(part);
    expect(merged.read()).toHaveLength(11);
    expect(sumOf(merged.read(), ({ completed }) => completed)).toBe(24);
  });
});

function toSample(
  entry: Pick<Sample, 'name' | 'method' | 'serviceMs' | 'status' | 'error'> & { second: number },
): Sample {
  const { name, method, serviceMs, status, error } = entry;
  return sampleOf({ name, method, serviceMs, status, error, finishedAtMs: 1000 + entry.second * 1000 });
}
