import { describe, expect, it } from 'vitest';
import { computeTimes } from '../../src/metrics/time-statistics.js';
import { missedDurations, type TimeCounts, Times } from '../../src/metrics/times.js';
import { RandomStream } from '../../src/runtime/user/random.js';

function timesOf(durationsMs: readonly number[], missedMs: readonly number[] = []): Times {
  const times = new Times();
  for (const durationMs of durationsMs) times.add(durationMs);
  times.correct(missedMs);
  return times;
}

function countOf({ durations }: ReturnType<Times['read']>): number {
  return durations.reduce((sum, number, at) => (at % 2 === 0 ? sum : sum + number), 0);
}

describe('missed starts', () => {
  it('are as many as whole intervals that one took, without its own', () => {
    expect(missedDurations(5000, 100)).toHaveLength(49);
    expect(missedDurations(5000, 100).slice(0, 2)).toEqual([4900, 4800]);
    expect(missedDurations(5000, 100).at(-1)).toBe(100);
    expect(missedDurations(250, 100)).toEqual([150]);
  });

  it.each([0, 50, 100, 199.9])('are none where %d ms were taken of an interval of 100', (durationMs) => {
    expect(missedDurations(durationMs, 100)).toEqual([]);
  });
});

describe('times', () => {
  it('keep sum, least and greatest of what was measured', () => {
    const read = timesOf([5, 1, 3]).read();
    expect(read).toMatchObject({ totalMs: 9, minMs: 1, maxMs: 5 });
    expect(countOf(read)).toBe(3);
  });

  it('have no least and greatest before, and after they were forgotten', () => {
    const times = timesOf([5]);
    times.reset();
    expect([new Times().read(), times.read()]).toEqual(Array(2).fill({ totalMs: 0, durations: [] }));
  });

  it('take what was missed into the distribution, and into nothing else', () => {
    const read = timesOf([5000, 200, 200], missedDurations(5000, 100)).read();
    expect(read).toMatchObject({ totalMs: 5400, minMs: 200, maxMs: 5000 });
    expect(countOf(read)).toBe(52);
    const { meanMs, minMs, medianMs } = computeTimes(read, 3);
    expect([meanMs, minMs]).toEqual([1800, 200]);
    // Rank 26 of 52: 100, 200 three times, then every 100 ms.
    expect(medianMs! / 2400).toBeCloseTo(1, 3);
  });

  it('may have been missed that are less than the least that was measured', () => {
    const { percentiles, minMs } = computeTimes(timesOf([5000], missedDurations(5000, 100)).read(), 1);
    expect(minMs).toBe(5000);
    expect(percentiles[50]! / 2500).toBeCloseTo(1, 3);
    expect(percentiles[100]).toBe(5000);
  });

  it('merge to the same as measured in one place', () => {
    const merged = new Times();
    for (const part of [timesOf([1, 7], [3]), new Times(), timesOf([4], [2, 2])]) merged.merge(part.read());
    expect(merged.read()).toEqual(timesOf([1, 7, 4], [3, 2, 2]).read());
  });

  it('may be measured, merged, read and forgotten in any order', () => {
    const random = new RandomStream([5]);
    const next = (below: number) => Math.floor(random.next() * below);
    for (let round = 0; round < 40; round++) {
      const times = new Times();
      let all: number[] = [];
      const reads: { read: TimeCounts; all: number[] }[] = [];
      for (let step = 0; step < 120; step++) {
        const some = Array.from({ length: next(4) }, () => next(50) * (next(40) === 0 ? 1_000 : 1));
        const what = next(round % 2 === 0 ? 24 : 100);
        if (what === 0) {
          times.reset();
          all = [];
        } else if (what < 4) {
          reads.push({ read: times.read(), all });
        } else {
          if (what < 12 && round % 3 > 0) for (const durationMs of some) times.add(durationMs);
          else times.merge(timesOf(some).read());
          all = all.concat(some);
        }
      }
      // What was read stays as it was, whatever came after.
      for (const one of reads) expect(one.read).toEqual(timesOf(one.all).read());
      expect(times.read()).toEqual(timesOf(all).read());
    }
  });
});
