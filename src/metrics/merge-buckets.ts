import { type BucketCounts, Histogram } from './histogram.js';

/** One for everybody: it is emptied after each use. */
const scratch = new Histogram();

/** One distribution that holds what several did. */
export function mergeBuckets(parts: readonly BucketCounts[]): BucketCounts {
  if (parts.length === 1) return parts[0]!;
  for (const part of parts) scratch.addCounts(part);
  return scratch.takeCounts();
}
