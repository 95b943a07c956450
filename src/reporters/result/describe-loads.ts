import type { MeasureCounts } from '../../metrics/measure.js';
import { selectorKey } from '../../metrics/selector-key.js';
import { computeTimes } from '../../metrics/time-statistics.js';
import type { PlannedLoad } from '../../runtime/plan.js';
import type { RunResult, RunStarted } from '../../runtime/protocol.js';
import type { MostUsers } from './most-users.js';
import type { ResultLoad, ResultRow } from './result-schema.js';

export interface LoadParts {
  started: RunStarted;
  result: RunResult;
  mostUsers: MostUsers;
  /** All requests together. */
  total: ResultRow;
}

type LoadKind = ResultLoad['kinds'][number];
type KindFigures = Pick<LoadKind, 'requests' | 'iterations'>;

/** What was planned of each load, and what each kind of user did in it. */
export function describeLoads(parts: LoadParts): ResultLoad[] {
  const { plan } = parts.started;
  const loads = plan.revisions[0]?.loads ?? [];
  const pairs = loads.reduce((sum, load) => sum + load.kinds.length, 0);
  const read = (load: PlannedLoad, kind: string) =>
    pairs === 1 ? readTotal(parts) : readMeasures({ load: load.name, user: kind }, parts);
  return loads.map((load) => {
    const { name, executor, model, startAtMs, after, endMs, labels, line } = load;
    const kinds = load.kinds.map((index): LoadKind => {
      const kind = plan.kinds[index]!.name;
      return { kind, mostUsers: parts.mostUsers.get(name, kind), ...read(load, kind) };
    });
    return { name, executor, model, startAtMs, after, endMs, labels, line, kinds };
  });
}

/** The only kind in the only load did everything. */
function readTotal({ total, result }: LoadParts): KindFigures {
  const { completed: count, failures, failedShare, meanMs, minMs, maxMs, medianMs, percentiles, durations } = total;
  const { iterations } = result.part;
  const times = { meanMs, minMs, maxMs, medianMs, percentiles };
  return {
    requests: { count, failures, failedShare, ...times, durations },
    iterations: {
      count: iterations.count,
      ...computeTimes(iterations, iterations.count),
      durations: iterations.durations,
    },
  };
}

/** What was counted apart for this kind, which the plan says; what never happened was not told. */
function readMeasures(labels: { load: string; user: string }, { started, result }: LoadParts): KindFigures {
  const read = (metric: string) => {
    const key = selectorKey(metric, labels);
    const isCounted = started.plan.measures.some((selector) => selector.key === key);
    return isCounted ? { counts: result.part.measures.find((one) => one.key === key) } : undefined;
  };
  const [duration, failed, iteration] = [
    read('http_req_duration'),
    read('http_req_failed'),
    read('iteration_duration'),
  ];
  if (duration === undefined || failed === undefined || iteration === undefined) return {};
  const { count = 0, sum: failures = 0 } = failed.counts ?? {};
  return {
    requests: { ...describeTrend(duration.counts), failures, failedShare: count === 0 ? 0 : failures / count },
    iterations: describeTrend(iteration.counts),
  };
}

function describeTrend(counts: MeasureCounts | undefined) {
  const { count = 0, sum = 0, minimum: minMs, maximum: maxMs, durations = [] } = counts ?? {};
  return { count, ...computeTimes({ totalMs: sum, minMs, maxMs, durations }, count), durations };
}
