import type { GeneratorHealth, GeneratorSummary, ShareHealth } from '../../src/metrics/generator-health.js';
import { Histogram } from '../../src/metrics/histogram.js';

/** Fifty probes a second, all as late as this. */
export function lateProbes(...lateMs: number[]): Pick<ShareHealth, 'lateness' | 'longestLatenessMs'> {
  const histogram = new Histogram();
  for (let probe = 0; probe < 50; probe++) histogram.record(lateMs[probe % lateMs.length]!);
  return { lateness: histogram.readCounts(), longestLatenessMs: Math.max(...lateMs) };
}

/** A worker with little to do, as it would report itself; what a test says otherwise. */
export function shareHealth(changes: Partial<ShareHealth> = {}): ShareHealth {
  return {
    share: 0,
    lengthMs: 1000,
    utilisation: 0.2,
    cpuShare: 0.15,
    runDelayShare: 0.02,
    ...lateProbes(0.5),
    garbage: { pauses: 3, totalMs: 4, longestMs: 2 },
    connections: { opened: 0, tlsHandshakes: 0, tlsFailures: 0, tlsMs: 0 },
    ...changes,
  };
}

/** A generator that keeps up. */
export function generatorHealth(changes: Partial<GeneratorHealth> = {}): GeneratorHealth {
  return {
    verdict: 'healthy',
    reasons: [],
    utilisation: 0.2,
    machine: { cores: 2, cpuCores: 0.4 },
    addedLatency: { meanMs: 0.1, p99Ms: 0.8 },
    garbage: { pauses: 3, totalMs: 4, longestMs: 2 },
    connections: { opened: 0, tlsHandshakes: 0, tlsFailures: 0, tlsMs: 0 },
    workers: [],
    ...changes,
  };
}

export function generatorSummary(changes: Partial<GeneratorSummary> = {}): GeneratorSummary {
  return { ...generatorHealth(), judgedMs: 10_000, strainedMs: 0, saturatedMs: 0, ...changes };
}
