import { performance } from 'node:perf_hooks';

/** A source of time in milliseconds that never runs backwards. */
export interface Clock {
  now(): number;
}

/**
 * `performance.now()` counts from the start of its own thread; `hrtime` from one origin for the whole process. The
 * smallest of several differences is the one least disturbed by being interrupted between the two readings.
 */
function readOffsetMs(): number {
  let offset = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 8; round++) {
    const before = performance.now();
    const process_ = Number(process.hrtime.bigint()) / 1e6;
    offset = Math.min(offset, process_ - before);
  }
  return offset;
}

const offsetMs = readOffsetMs();

/** Milliseconds on the one monotonic clock that all threads of this process share; good to about a microsecond. */
export function now(): number {
  return performance.now() + offsetMs;
}

export const systemClock: Clock = { now };
