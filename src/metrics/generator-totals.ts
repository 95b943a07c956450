import { GENERATOR_ADVICE } from './generator-advice.js';
import type {
  ConnectionCounts,
  GarbagePauses,
  GeneratorReason,
  GeneratorSummary,
  MachineHealth,
  ShareHealth,
  WorkerHealth,
} from './generator-health.js';
import type { FoundSign, Level } from './generator-signs.js';
import { Histogram } from './histogram.js';
import {
  type AddedCounts,
  describeAdded,
  describeLateness,
  type IntervalSigns,
  isGraver,
  isLongEnough,
  type JudgedInterval,
  verdictOf,
} from './judge-generator.js';
import { SparseBuckets } from './sparse-buckets.js';
import { sumConnections, sumGarbage } from './sum-health.js';

/** The run is what this share of it was, … */
const NOTABLE_SHARE = 0.1;
/** … or this much of it at least: a second or so is a hiccup, except where there is hardly more. */
const LEAST_MS = 2000;
const MOST_OF_SHORT_RUN = 0.5;
/** A run that was saturated for less is not well either. */
const LEAST_STRAINED_SHARE = 0.01;
const INTERVAL_MS = 1000;

/** The mean of a figure over time; undefined where it was never known. */
class TimeMean {
  #sum = 0;
  #ms = 0;

  add(value: number | undefined, ms: number): void {
    if (value === undefined) return;
    this.#sum += value * ms;
    this.#ms += ms;
  }

  get value(): number | undefined {
    return this.#ms === 0 ? undefined : this.#sum / this.#ms;
  }
}

class WorkerTotals {
  readonly #share: number;
  readonly #utilisation = new TimeMean();
  readonly #cpu = new TimeMean();
  readonly #runDelay = new TimeMean();
  readonly #lateness = new SparseBuckets();
  #longestMs = 0;
  #garbage = sumGarbage([]);

  constructor(share: number) {
    this.#share = share;
  }

  add({ lengthMs, utilisation, cpuShare, runDelayShare, lateness, longestLatenessMs, garbage }: ShareHealth): void {
    this.#utilisation.add(utilisation, lengthMs);
    this.#cpu.add(cpuShare, lengthMs);
    this.#runDelay.add(runDelayShare, lengthMs);
    this.#lateness.addCounts(lateness);
    this.#longestMs = Math.max(this.#longestMs, longestLatenessMs);
    this.#garbage = sumGarbage([this.#garbage, garbage]);
  }

  read(): WorkerHealth {
    return {
      share: this.#share,
      utilisation: this.#utilisation.value ?? 0,
      ...known('cpuShare', this.#cpu.value),
      ...known('runDelayShare', this.#runDelay.value),
      lateness: describeLateness(this.#lateness.readCounts(), this.#longestMs),
      garbage: this.#garbage,
    };
  }
}

interface SignTotals {
  ms: number;
  worst: FoundSign;
}

/** The generator over the whole run, from its intervals. */
export class GeneratorTotals {
  readonly #workers = new Map<number, WorkerTotals>();
  readonly #signs = new Map<string, SignTotals>();
  readonly #levelMs: Record<Level, number> = { 0: 0, 1: 0, 2: 0 };
  readonly #machine = { cpuCores: new TimeMean(), busyCores: new TimeMean(), stolenShare: new TimeMean() };
  readonly #utilisation = new TimeMean();
  readonly #waits = new Histogram();
  readonly #lags = new Histogram();
  #lagInTimesMs = 0;
  #completed = 0;
  #cores = 0;
  #garbage: GarbagePauses = sumGarbage([]);
  #connections: ConnectionCounts = sumConnections([]);

  add(signs: IntervalSigns, { health, signs: found, added }: JudgedInterval): void {
    this.#addAdded(added);
    this.#addMachine(health.machine);
    this.#garbage = sumGarbage([this.#garbage, health.garbage]);
    this.#connections = sumConnections([this.#connections, health.connections]);
    for (const share of signs.shares) this.#workerOf(share.health.share).add(share.health);
    if (!isLongEnough(signs)) return;
    const lengthMs =
      signs.missingShares.length > 0 ? INTERVAL_MS : Math.max(...signs.shares.map((share) => share.health.lengthMs));
    this.#utilisation.add(health.utilisation, lengthMs);
    const level = Math.max(0, ...found.map((sign) => sign.level)) as Level;
    this.#levelMs[level] += lengthMs;
    for (const sign of new Set(found.map((one) => one.sign))) {
      this.#addSign(
        found.filter((one) => one.sign === sign),
        lengthMs,
      );
    }
  }

  read(): GeneratorSummary {
    const { 0: healthyMs, 1: strainedMs, 2: saturatedMs } = this.#levelMs;
    const judgedMs = healthyMs + strainedMs + saturatedMs;
    const verdict = verdictOf(levelOfRun({ judgedMs, strainedMs, saturatedMs }));
    return {
      verdict,
      reasons: verdict === 'healthy' ? [] : this.#readReasons(judgedMs),
      utilisation: this.#utilisation.value ?? 0,
      machine: this.#readMachine(),
      addedLatency: describeAdded({
        waits: this.#waits.readCounts(),
        lags: this.#lags.readCounts(),
        lagInTimesMs: this.#lagInTimesMs,
        completed: this.#completed,
      }),
      garbage: this.#garbage,
      connections: this.#connections,
      workers: [...this.#workers].sort(([a], [b]) => a - b).map(([, worker]) => worker.read()),
      judgedMs,
      strainedMs,
      saturatedMs,
    };
  }

  #addAdded({ waits, lags, lagInTimesMs, completed }: AddedCounts): void {
    this.#waits.addCounts(waits);
    this.#lags.addCounts(lags);
    this.#lagInTimesMs += lagInTimesMs;
    this.#completed += completed;
  }

  #addMachine({ cores, cpuCores, busyCores, stolenShare }: MachineHealth): void {
    this.#cores = cores;
    this.#machine.cpuCores.add(cpuCores, INTERVAL_MS);
    this.#machine.busyCores.add(busyCores, INTERVAL_MS);
    this.#machine.stolenShare.add(stolenShare, INTERVAL_MS);
  }

  #readMachine(): MachineHealth {
    const { cpuCores, busyCores, stolenShare } = this.#machine;
    return {
      cores: this.#cores,
      cpuCores: cpuCores.value ?? 0,
      ...known('busyCores', busyCores.value),
      ...known('stolenShare', stolenShare.value),
    };
  }

  #addSign(found: readonly FoundSign[], lengthMs: number): void {
    const worst = found.reduce((worst, sign) => (isGraver(sign, worst) ? sign : worst));
    const known = this.#signs.get(worst.sign);
    if (known === undefined) {
      this.#signs.set(worst.sign, { ms: lengthMs, worst });
      return;
    }
    known.ms += lengthMs;
    if (isGraver(worst, known.worst)) known.worst = worst;
  }

  /** What lasted longest first; what was short beside that is left out. */
  #readReasons(judgedMs: number): GeneratorReason[] {
    const signs = [...this.#signs.values()].sort((a, b) => b.ms - a.ms);
    const longestMs = signs[0]?.ms ?? 0;
    return signs
      .filter(({ ms }) => ms >= NOTABLE_SHARE * longestMs)
      .map(({ ms, worst: { sign, message } }) => ({
        sign,
        message: `for ${showLength(ms, judgedMs)}: ${message}`,
        advice: GENERATOR_ADVICE[sign],
      }));
  }

  #workerOf(share: number): WorkerTotals {
    const worker = this.#workers.get(share) ?? new WorkerTotals(share);
    this.#workers.set(share, worker);
    return worker;
  }
}

/** How a run is judged in which so much time was not well. */
export function levelOfRun({
  judgedMs,
  strainedMs,
  saturatedMs,
}: Pick<GeneratorSummary, 'judgedMs' | 'strainedMs' | 'saturatedMs'>): Level {
  const notableMs = Math.max(NOTABLE_SHARE * judgedMs, Math.min(LEAST_MS, MOST_OF_SHORT_RUN * judgedMs));
  if (judgedMs === 0) return 0;
  if (saturatedMs >= notableMs) return 2;
  return strainedMs + saturatedMs >= notableMs || saturatedMs >= LEAST_STRAINED_SHARE * judgedMs ? 1 : 0;
}

/** How long a sign was seen, of how long. */
export function showLength(ms: number, ofMs: number): string {
  return `${Math.round(ms / 1000)} of ${Math.round(ofMs / 1000)} s, at the worst`;
}

function known<Name extends string>(name: Name, value: number | undefined): { [Key in Name]?: number } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: number };
}
