// How late the starts of some seconds were, by the parts of a run that tell of them.
import { createRequire } from 'node:module';

/** Buckets are those of HdrHistogram over tenths of a microsecond. */
const Hdr = createRequire(import.meta.url)('hdr-histogram-js/dist/Int32Histogram.js').default;
const LAYOUT = new Hdr(1, 100_000_000, 3);
const UNITS_PER_MS = 10_000;

/** Starts of some seconds: how many, and how late, in ms. */
export function describeLags(parts) {
  const buckets = new Map();
  let starts = 0;
  for (const { startLag } of parts) {
    starts += startLag.count;
    for (let at = 0; at < startLag.durations.length; at += 2) {
      const bucket = startLag.durations[at];
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + startLag.durations[at + 1]);
    }
  }
  const durations = [...buckets].sort((a, b) => a[0] - b[0]);
  const [p50, p99] = [50, 99].map((percent) => percentileOf(durations, percent, starts));
  return { starts, p50, p99, max: Math.max(...parts.map(({ startLag }) => startLag.maxMs ?? 0)) };
}

/** The middle of the bucket at a percentile. */
function percentileOf(durations, percent, count) {
  const rank = Math.ceil((count * percent) / 100);
  let seen = 0;
  for (const [bucket, times] of durations) {
    seen += times;
    const lowest = LAYOUT.valueFromIndex(bucket);
    if (seen >= rank) return (lowest + LAYOUT.highestEquivalentValue(lowest)) / 2 / UNITS_PER_MS;
  }
  return undefined;
}
