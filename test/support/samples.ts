import type { Aggregate, SeriesCounts } from '../../src/metrics/aggregate.js';
import type { Sample } from '../../src/metrics/sample.js';
import { compareSeries } from '../../src/metrics/statistics.js';

/** A request that began when it was meant to, unless `changes` say otherwise. */
export function sampleOf(changes: Partial<Sample> = {}): Sample {
  const { serviceMs = 10 } = changes;
  return {
    method: 'GET',
    name: '/a',
    finishedAtMs: 1500,
    serviceMs,
    responseMs: serviceMs,
    waitingMs: serviceMs,
    connectingMs: 0,
    tlsMs: 0,
    source: { load: 'default', user: 'Visitor', group: undefined, labels: {} },
    status: 200,
    error: undefined,
    bytesReceived: 100,
    bytesSent: 20,
    reconnects: 0,
    hops: 0,
    ...changes,
  };
}

export function addAll(aggregate: Aggregate, samples: readonly Sample[]): Aggregate {
  for (const sample of samples) {
    aggregate.addBegun(sample.method, sample.name);
    aggregate.add(sample, 1000);
  }
  return aggregate;
}

/** Order of rows, reasons and statuses says nothing; sums of durations may differ in the last bit. */
export function normalise(series: readonly SeriesCounts[]) {
  return [...series].sort(compareSeries).map((counts) => ({
    ...counts,
    totalMs: Math.round(counts.totalMs * 1e6) / 1e6,
    ...(counts.service && {
      service: { ...counts.service, totalMs: Math.round(counts.service.totalMs * 1e6) / 1e6 },
    }),
    errors: [...counts.errors].sort((a, b) => (a.error < b.error ? -1 : 1)),
  }));
}
