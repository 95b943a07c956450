import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram, LAST_BUCKET } from '../../src/metrics/histogram.js';
import { countInBins, planLogBins } from '../../src/metrics/log-bins.js';
import { mergeBuckets } from '../../src/metrics/merge-buckets.js';
import { packBuckets, unpackBuckets } from '../../src/metrics/packed-buckets.js';
import { PackedDistribution } from '../../src/metrics/packed-distribution.js';

const buckets = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: LAST_BUCKET }), fc.integer({ min: 1, max: 2 ** 28 })), {
    selector: ([index]) => index,
    maxLength: 60,
  })
  .map((pairs) => pairs.sort(([a], [b]) => a - b).flat());

function histogramOf(durations: readonly number[]) {
  const histogram = new Histogram();
  for (const duration of durations) histogram.record(duration);
  return histogram.readCounts();
}

test('packing loses nothing, and takes little room', () => {
  fc.assert(
    fc.property(buckets, (counts) => {
      expect(unpackBuckets(packBuckets(counts))).toEqual(counts);
    }),
  );
  const counts = histogramOf(Array.from({ length: 500 }, (_, index) => 10 + index / 10));
  expect(packBuckets(counts).length).toBeLessThan(counts.length * 2);
});

test('one that is merged, packed and added to holds all that went in', () => {
  fc.assert(
    fc.property(fc.array(buckets, { minLength: 1, maxLength: 6 }), (parts) => {
      const distribution = new PackedDistribution();
      for (const [index, part] of parts.entries()) {
        const other = new PackedDistribution();
        other.add(part);
        if (index % 2 === 0) distribution.add(part);
        else distribution.merge(other);
        if (index % 3 === 0) distribution.pack();
      }
      expect(distribution.read()).toEqual(mergeBuckets(parts));
    }),
  );
});

test('bins hold every duration, where it is', () => {
  const counts = histogramOf([1, 1, 10, 100, 100, 100]);
  const bins = planLogBins([counts], 9)!;
  expect(bins.fromMs).toBeCloseTo(1, 2);
  expect(bins.toMs).toBeCloseTo(100, 0);
  expect(countInBins(counts, bins)).toEqual([2, 0, 0, 0, 1, 0, 0, 0, 3]);
  expect(planLogBins([[], []], 10)).toBeUndefined();
});
