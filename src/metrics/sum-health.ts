import type { ConnectionCounts, GarbagePauses } from './generator-health.js';

export function sumGarbage(all: readonly GarbagePauses[]): GarbagePauses {
  const sum = { pauses: 0, totalMs: 0, longestMs: 0 };
  for (const { pauses, totalMs, longestMs } of all) {
    sum.pauses += pauses;
    sum.totalMs += totalMs;
    sum.longestMs = Math.max(sum.longestMs, longestMs);
  }
  return sum;
}

export function sumConnections(all: readonly ConnectionCounts[]): ConnectionCounts {
  const sum = { opened: 0, tlsHandshakes: 0, tlsFailures: 0, tlsMs: 0 };
  for (const { opened, tlsHandshakes, tlsFailures, tlsMs } of all) {
    sum.opened += opened;
    sum.tlsHandshakes += tlsHandshakes;
    // Not in recordings of earlier builds.
    sum.tlsFailures += tlsFailures ?? 0;
    sum.tlsMs += tlsMs;
  }
  return sum;
}
