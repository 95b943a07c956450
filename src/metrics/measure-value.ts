import { percentilesOf } from './histogram.js';
import type { MeasureCounts } from './measure.js';
import { mergeGauge } from './merge-gauge.js';
import type { Threshold } from './thresholds.js';

type Wanted = Pick<Threshold, 'method' | 'percentile'>;

/**
 * The number of a measure that a threshold asks for; `undefined` where nothing was recorded. Counters' rates are per
 * second of `durationMs`. Counts come from counters; a corrected distribution has a part in percentiles alone.
 */
export function readMeasure(counts: MeasureCounts, wanted: Wanted, durationMs: number): number | undefined {
  if (counts.count === 0) return undefined;
  switch (wanted.method) {
    case 'count':
      return counts.type === 'counter' ? counts.sum : counts.count;
    case 'rate':
      if (counts.type === 'rate') return counts.sum / counts.count;
      return durationMs > 0 ? (counts.sum * 1000) / durationMs : undefined;
    case 'value':
      return mergeGauge(counts.shares ?? {}, counts.merge ?? 'last');
    case 'avg':
      return counts.sum / counts.count;
    case 'min':
      return counts.minimum;
    case 'max':
      return counts.maximum;
    case 'med':
      return readPercentile(counts, 50);
    case 'p':
      return readPercentile(counts, wanted.percentile!);
  }
}

/**
 * Percentiles never leave the exact least and greatest value. What a correction added may lie below the least measured
 * one: only the greatest bounds it then.
 */
function readPercentile({ count, minimum, maximum, durations }: MeasureCounts, percentile: number): number | undefined {
  if (durations === undefined || minimum === undefined || maximum === undefined) return undefined;
  if (percentile === 100) return maximum;
  const value = percentilesOf(durations, [percentile])[0];
  if (value === undefined) return undefined;
  let inBuckets = 0;
  for (let at = 1; at < durations.length; at += 2) inBuckets += durations[at]!;
  return Math.min(inBuckets > count ? value : Math.max(value, minimum), maximum);
}
