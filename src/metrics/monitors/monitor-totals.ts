import type { MonitorKind, MonitorReadings, MonitorSample, MonitorUnit, SlowStatement } from './monitor-sample.js';

/** One number of a monitor over the whole run. */
export interface MonitorMetricSummary {
  name: string;
  unit: MonitorUnit;
  /** Before the first user; absent where there was no such number yet. */
  baseline?: number;
  /** How many seconds had it. The four below are of these, and absent without any. */
  count: number;
  min?: number;
  mean?: number;
  max?: number;
  last?: number;
}

/** A monitor over the whole run. */
export interface MonitorSummary {
  name: string;
  kind: MonitorKind;
  /** Seconds of the run in which it measured, without the baseline. */
  samples: number;
  /** Seconds in which it failed, the baseline's included. */
  failures: number;
  /** Why it failed first. */
  failure?: string;
  metrics: MonitorMetricSummary[];
  /** The slowest statements of a database while the load went on. */
  statements?: readonly SlowStatement[];
}

interface Metric {
  unit: MonitorUnit;
  baseline: number | undefined;
  count: number;
  sum: number;
  min: number;
  max: number;
  last: number;
}

interface Monitor {
  kind: MonitorKind;
  samples: number;
  failures: number;
  failure: string | undefined;
  metrics: Map<string, Metric>;
  statements: readonly SlowStatement[] | undefined;
}

/** What the monitors of a run measured, without when it was: memory grows with metrics alone. */
export class MonitorTotals {
  readonly #monitors = new Map<string, Monitor>();

  add({ interval, samples, failures }: MonitorReadings): void {
    for (const sample of samples) this.#addSample(sample, interval < 0);
    for (const { monitor, kind, message } of failures) {
      const known = this.#monitor(monitor, kind);
      known.failures++;
      known.failure ??= message;
    }
  }

  /** Every monitor in the order in which they were first heard of. */
  read(): MonitorSummary[] {
    return [...this.#monitors].map(([name, { kind, samples, failures, failure, metrics, statements }]) => ({
      name,
      kind,
      samples,
      failures,
      ...(failure === undefined ? {} : { failure }),
      metrics: [...metrics].map(([metric, counted]) => describeMetric(metric, counted)),
      ...(statements === undefined ? {} : { statements }),
    }));
  }

  #addSample({ monitor, kind, values, units, statements }: MonitorSample, isBaseline: boolean): void {
    const known = this.#monitor(monitor, kind);
    if (!isBaseline && Object.keys(values).length > 0) known.samples++;
    if (statements !== undefined) known.statements = statements;
    for (const [name, value] of Object.entries(values)) {
      const metric = known.metrics.get(name) ?? createMetric(units[name] ?? 'count');
      known.metrics.set(name, metric);
      if (isBaseline) metric.baseline = value;
      else addValue(metric, value);
    }
  }

  #monitor(name: string, kind: MonitorKind): Monitor {
    const known = this.#monitors.get(name);
    if (known !== undefined) return known;
    const added = { kind, samples: 0, failures: 0, failure: undefined, metrics: new Map(), statements: undefined };
    this.#monitors.set(name, added);
    return added;
  }
}

function createMetric(unit: MonitorUnit): Metric {
  const [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return { unit, baseline: undefined, count: 0, sum: 0, min, max, last: 0 };
}

function addValue(metric: Metric, value: number): void {
  metric.count++;
  metric.sum += value;
  metric.min = Math.min(metric.min, value);
  metric.max = Math.max(metric.max, value);
  metric.last = value;
}

function describeMetric(name: string, { unit, baseline, count, sum, min, max, last }: Metric): MonitorMetricSummary {
  const before = baseline === undefined ? {} : { baseline };
  return { name, unit, ...before, count, ...(count === 0 ? {} : { min, mean: sum / count, max, last }) };
}
