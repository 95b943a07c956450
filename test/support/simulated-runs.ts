import type { RowPoint, RowSeries } from '../../src/metrics/compare/measure-row.js';
import { Histogram } from '../../src/metrics/histogram.js';
import { RandomStream } from '../../src/runtime/user/random.js';

/** A target that answers in log-normal times around 20 ms with σ 0.5. */
export interface SimulatedTarget {
  seconds: number;
  /** About how many in all. */
  requests: number;
  /** All times are multiplied by it. */
  slowdown?: number;
  /** What all requests of a second have in common: it remembers this share of the last second's. */
  memory?: number;
  /** Its standard deviation, as a share of the time. */
  wobble?: number;
  /** Chance that a stretch begins, each second, in which all takes twice as long; it lasts 5 s on average. */
  stalls?: number;
  /** Users wait for answers, so that slow seconds have fewer requests. */
  isClosed?: boolean;
  /** Seconds until all users are there; times rise with users, up to double. */
  ramp?: number;
  failedShare?: number;
  /** Requests of a second fail together: chance of a second in which half of them do. */
  failingSeconds?: number;
}

/** One run against it; the same seed gives the same run. */
export function simulateRun(target: SimulatedTarget, seed: number): RowSeries {
  const random = new RandomStream([seed, 20]);
  const { seconds, requests, slowdown = 1, ramp = 0, isClosed = false, failedShare = 0 } = target;
  const common = commonFactors(target, random);
  const histogram = new Histogram();
  const points: RowPoint[] = [];
  for (let at = 0; at < seconds; at++) {
    const users = at < ramp ? (at + 0.5) / ramp : 1;
    const rising = ramp > 0 ? 1 + users : 1;
    const rate = (requests / seconds) * users * (isClosed ? 1 / common[at]! : 1);
    const completed = poisson(rate, random);
    const failing = random.next() < (target.failingSeconds ?? 0) ? 0.5 : failedShare;
    let [totalMs, failures] = [0, 0];
    for (let request = 0; request < completed; request++) {
      const ms = 20 * slowdown * rising * common[at]! * Math.exp(0.5 * normal(random));
      histogram.record(ms);
      totalMs += ms;
      if (failing > 0 && random.next() < failing) failures++;
    }
    points.push({ at, completed, failures, totalMs, durations: histogram.readCounts() });
    histogram.reset();
  }
  return { points, pointCount: seconds, durationMs: seconds * 1000 };
}

function commonFactors({ seconds, memory = 0, wobble = 0, stalls = 0 }: SimulatedTarget, random: RandomStream) {
  let [level, stalled] = [wobble * normal(random), 0];
  return Array.from({ length: seconds }, () => {
    level = memory * level + wobble * Math.sqrt(1 - memory * memory) * normal(random);
    if (stalled > 0) stalled--;
    else if (random.next() < stalls) stalled = Math.ceil(Math.log(1 - random.next()) / Math.log(0.8));
    return Math.exp(level) * (stalled > 0 ? 2 : 1);
  });
}

/** Box and Muller's. */
export function normal(random: RandomStream): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** Knuth's for few, the normal distribution for many. */
function poisson(mean: number, random: RandomStream): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.next(); product > limit; product *= random.next()) count++;
  return count;
}
