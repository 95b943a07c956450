import type { MeasureSelector } from '../../metrics/measure-selector.js';
import { findBuiltInMetric } from '../../metrics/metric-table.js';
import { selectorKey } from '../../metrics/selector-key.js';
import type { PlannedKind, PlannedLoad } from '../plan.js';

/** What reports show of each kind of user in each load. */
export const LOAD_METRICS = ['http_req_duration', 'http_req_failed', 'iteration_duration'] as const;
/** With more kinds and loads than this, looking for the right one would take time from every request. */
const MAX_PAIRS = 50;

/** What shares count for each kind in each load; with only one of them, it is what all together count. */
export function planLoadMeasures(loads: readonly PlannedLoad[], kinds: readonly PlannedKind[]): MeasureSelector[] {
  const pairs = loads.flatMap((load) =>
    load.kinds
      .map((index) => kinds[index]!)
      .filter(({ fixedCount, weight }) => (fixedCount ?? weight) > 0)
      .map(({ name }) => ({ load: load.name, user: name })),
  );
  if (pairs.length < 2 || pairs.length > MAX_PAIRS) return [];
  return pairs.flatMap((labels) =>
    LOAD_METRICS.map((metric) => ({
      key: selectorKey(metric, labels),
      metric,
      type: findBuiltInMetric(metric)!.type,
      labels,
    })),
  );
}
