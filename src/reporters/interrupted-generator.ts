import type { GeneratorHealth, GeneratorReason, GeneratorSummary } from '../metrics/generator-health.js';
import { levelOfRun, showLength } from '../metrics/generator-totals.js';
import { verdictOf } from '../metrics/judge-generator.js';
import { sumConnections, sumGarbage } from '../metrics/sum-health.js';

const INTERVAL_MS = 1000;

/**
 * How the generator kept up in a run that was killed, from what was told of its seconds. Distributions were not told: in
 * place of percentiles of the whole stand those of the worst second, and workers are left out.
 */
export class InterruptedGenerator {
  readonly #signs = new Map<string, { ms: number; reason: GeneratorReason }>();
  #judgedMs = 0;
  #strainedMs = 0;
  #saturatedMs = 0;
  #cpuMs = 0;
  #utilisationMs = 0;
  #cores = 0;
  #added = { meanMs: 0, p99Ms: 0 };
  #garbage = sumGarbage([]);
  #connections = sumConnections([]);

  add({ verdict, reasons, utilisation, machine, addedLatency, garbage, connections }: GeneratorHealth): void {
    this.#judgedMs += INTERVAL_MS;
    if (verdict === 'strained') this.#strainedMs += INTERVAL_MS;
    if (verdict === 'saturated') this.#saturatedMs += INTERVAL_MS;
    this.#utilisationMs += utilisation * INTERVAL_MS;
    this.#cpuMs += machine.cpuCores * INTERVAL_MS;
    this.#cores = machine.cores;
    if (addedLatency.p99Ms > this.#added.p99Ms) this.#added = addedLatency;
    this.#garbage = sumGarbage([this.#garbage, garbage]);
    this.#connections = sumConnections([this.#connections, connections]);
    for (const reason of reasons) {
      const ms = (this.#signs.get(reason.sign)?.ms ?? 0) + INTERVAL_MS;
      this.#signs.set(reason.sign, { ms, reason });
    }
  }

  read(): GeneratorSummary {
    const [judgedMs, strainedMs, saturatedMs] = [this.#judgedMs, this.#strainedMs, this.#saturatedMs];
    const verdict = verdictOf(levelOfRun({ judgedMs, strainedMs, saturatedMs }));
    const signs = [...this.#signs.values()].sort((a, b) => b.ms - a.ms);
    const meanOf = (sumMs: number) => (judgedMs === 0 ? 0 : sumMs / judgedMs);
    return {
      verdict,
      reasons: verdict === 'healthy' ? [] : signs.map(({ ms, reason }) => describe(reason, ms, judgedMs)),
      utilisation: meanOf(this.#utilisationMs),
      machine: { cores: this.#cores, cpuCores: meanOf(this.#cpuMs) },
      addedLatency: this.#added,
      garbage: this.#garbage,
      connections: this.#connections,
      workers: [],
      judgedMs,
      strainedMs,
      saturatedMs,
    };
  }
}

function describe({ sign, message, advice }: GeneratorReason, ms: number, judgedMs: number): GeneratorReason {
  return { sign, message: `for ${showLength(ms, judgedMs)}: ${message}`, advice };
}
