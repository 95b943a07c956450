import { GENERATOR_ADVICE } from './generator-advice.js';
import type {
  AddedLatency,
  GeneratorHealth,
  GeneratorReason,
  GeneratorVerdict,
  LatenessFigures,
  MachineHealth,
  ShareHealth,
  ShareSigns,
  WorkerHealth,
} from './generator-health.js';
import { BOUNDS, type FoundSign, findSigns, silentSign } from './generator-signs.js';
import { type BucketCounts, meanOf, percentilesOf } from './histogram.js';
import { mergeBuckets } from './merge-buckets.js';
import { sumConnections, sumGarbage } from './sum-health.js';
import type { Part } from './tally.js';

export interface IntervalSigns {
  shares: readonly ShareSigns[];
  /** Shares that have not reported. */
  missingShares: readonly number[];
  machine: MachineHealth;
}

/** An interval as it was judged. */
export interface JudgedInterval {
  health: GeneratorHealth;
  /** Every sign of every worker. */
  signs: FoundSign[];
  added: AddedCounts;
}

const VERDICTS: readonly GeneratorVerdict[] = ['healthy', 'strained', 'saturated'];
/** Less of an interval than this says nothing. */
const LEAST_MS = 200;
/** A timer is good to a millisecond: so much lateness is its own. */
const TIMER_MS = 1;

/** What a share's counts of an interval say about the generator. */
export function signsOf(health: ShareHealth, { startLag, series }: Part): ShareSigns {
  let completed = 0;
  let lagInTimesMs = 0;
  for (const counts of series) {
    completed += counts.completed;
    if (counts.service !== undefined) lagInTimesMs += counts.totalMs - counts.service.totalMs;
  }
  return { health, startLag, completed, lagInTimesMs };
}

/** Judges the generator over one interval, by what its workers noticed of themselves. The worst worker decides. */
export function judgeInterval({ shares, missingShares, machine }: IntervalSigns): JudgedInterval {
  const judged = shares.filter(({ health }) => health.lengthMs >= LEAST_MS);
  const signs = [...missingShares.map(silentSign), ...judged.flatMap((share) => findSigns(share, machine))];
  const workers = shares.map(({ health }) => describeWorker(health));
  const added = collectAdded(shares);
  const health: GeneratorHealth = {
    verdict: verdictOf(Math.max(0, ...signs.map(({ level }) => level))),
    reasons: pickReasons(signs),
    utilisation: Math.max(0, ...workers.map(({ utilisation }) => utilisation)),
    machine,
    addedLatency: describeAdded(added),
    garbage: sumGarbage(shares.map((share) => share.health.garbage)),
    connections: sumConnections(shares.map((share) => share.health.connections)),
    workers,
  };
  return { health, signs, added };
}

export function verdictOf(level: number): GeneratorVerdict {
  return VERDICTS[level]!;
}

/** Whether so much of an interval was noticed that it can be judged. */
export function isLongEnough({ shares, missingShares }: IntervalSigns): boolean {
  return missingShares.length > 0 || shares.some(({ health }) => health.lengthMs >= LEAST_MS);
}

/** True if `sign` says more than `other` about how bad it was. */
export function isGraver(sign: FoundSign, other: FoundSign): boolean {
  return sign.level > other.level || (sign.level === other.level && sign.lateMs > other.lateMs);
}

/** Of each sign the worst worker's, the gravest first. */
function pickReasons(signs: readonly FoundSign[]): GeneratorReason[] {
  const worst = new Map<string, FoundSign>();
  for (const sign of signs) {
    const known = worst.get(sign.sign);
    if (known === undefined || isGraver(sign, known)) worst.set(sign.sign, sign);
  }
  return [...worst.values()]
    .sort((a, b) => b.level - a.level)
    .map(({ sign, message }) => ({ sign, message, advice: GENERATOR_ADVICE[sign] }));
}

function describeWorker(health: ShareHealth): WorkerHealth {
  const { share, utilisation, cpuShare, runDelayShare, lateness, longestLatenessMs, garbage } = health;
  return {
    share,
    utilisation,
    ...(cpuShare === undefined ? {} : { cpuShare }),
    ...(runDelayShare === undefined ? {} : { runDelayShare }),
    lateness: describeLateness(lateness, longestLatenessMs),
    garbage,
  };
}

/** What a distribution of lateness says; `maxMs` is its exact greatest value. */
export function describeLateness(counts: BucketCounts, maxMs: number): LatenessFigures {
  const [medianMs, p90Ms, p99Ms] = percentilesOf(counts, [50, 90, 99]).map((ms) => Math.min(ms ?? 0, maxMs));
  return { meanMs: meanOf(counts), medianMs: medianMs!, p90Ms: p90Ms!, p99Ms: p99Ms!, maxMs };
}

/** Waits and lags that the generator is to blame for. */
export interface AddedCounts {
  waits: BucketCounts;
  lags: BucketCounts;
  /** Of the lags that are in response times. */
  lagInTimesMs: number;
  completed: number;
}

/** What of an interval's lateness is in the times of its requests. */
function collectAdded(shares: readonly ShareSigns[]): AddedCounts {
  const lags: BucketCounts[] = [];
  let completed = 0;
  let lagInTimesMs = 0;
  for (const share of shares) {
    completed += share.completed;
    // Whoever grows a pool waits for the target as well: a lag is the generator's own where its thread had no time.
    if (share.lagInTimesMs <= 0 || share.health.utilisation < BOUNDS.lateStarts.utilisation) continue;
    lags.push(share.startLag.durations);
    lagInTimesMs += share.lagInTimesMs;
  }
  const waits = mergeBuckets(shares.map(({ health }) => health.lateness));
  return { waits, lags: mergeBuckets(lags), lagInTimesMs, completed };
}

/**
 * What the generator added to a request's time, at least about: an answer that had arrived when a probe was due would
 * have waited as long as the probe did.
 */
export function describeAdded({ waits, lags, lagInTimesMs, completed }: AddedCounts): AddedLatency {
  const waitMs = percentilesOf(waits, [99])[0] ?? 0;
  const lagMs = percentilesOf(lags, [99])[0] ?? 0;
  const meanLagMs = completed === 0 ? 0 : lagInTimesMs / completed;
  return {
    meanMs: Math.max(0, meanOf(waits) - TIMER_MS) + meanLagMs,
    p99Ms: Math.max(0, waitMs - TIMER_MS, lagMs),
  };
}
