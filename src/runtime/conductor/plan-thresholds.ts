import type { MeasureSelector } from '../../metrics/measure-selector.js';
import { knownMetricsWith } from '../../metrics/metric-table.js';
import { selectMeasures } from '../../metrics/parse-selector.js';
import { parseAbortRule, parseThresholdFlag, parseThresholds, type Threshold } from '../../metrics/thresholds.js';
import { nearestName } from '../../options/nearest-name.js';
import { parseDuration } from '../../options/parse-duration.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import type { PlannedLoad } from '../plan.js';
import type { ScenarioDescription } from '../protocol.js';

export interface PlannedThresholds {
  thresholds: Threshold[];
  /** What shares have to count for them, and for the scenario's own metrics. */
  measures: MeasureSelector[];
}

/**
 * What the run has to keep to: the scenario's thresholds, those of `--threshold`, the rules of `--abort-on`.
 *
 * @throws LoadwrightError `ERR_OPTION_INVALID` for a metric, label, load, kind, method or number that does not exist
 */
export function planThresholds(
  { values, origins }: ResolvedOptions,
  description: ScenarioDescription,
  loads: readonly PlannedLoad[],
): PlannedThresholds {
  const knownMetrics = knownMetricsWith(description.metrics);
  const labelsOfLoads = loads.flatMap(({ labels }) => Object.keys(labels));
  const labelsOfMetrics = description.metrics.flatMap(({ by = [] }) => by);
  const context = {
    knownMetrics,
    ownLabels: [...new Set([...labelsOfLoads, ...labelsOfMetrics, ...description.labelKeys])],
    labelValues: listLabelValues(description, loads),
    nearestName: (given: string, names: readonly string[]) => nearestName(given, names),
    parseDuration,
  };
  const thresholds = [
    ...parseThresholds(description.thresholds, { ...context, origin: 'the scenario' }),
    ...values.thresholds.map((text) => parseThresholdFlag(text, { ...context, origin: origins.thresholds.origin })),
    ...values.abortOn.map((text) => parseAbortRule(text, { ...context, origin: origins.abortOn.origin })),
  ];
  const selectors = thresholds.map(({ selector }) => selector);
  return { thresholds, measures: selectMeasures(selectors, knownMetrics) };
}

/**
 * What labels can be that the scenario and the command line alone give. Loads and kinds that this run leaves out are
 * there too: the same thresholds are for every profile.
 */
function listLabelValues(
  { kinds, loads: own, profiles, labelKeys }: ScenarioDescription,
  planned: readonly PlannedLoad[],
): Record<string, string[]> {
  const loads = [...planned, ...own, ...Object.values(profiles).flat()];
  const values = new Map([
    ['load', new Set(loads.map(({ name }) => name))],
    ['user', new Set(kinds.map(({ name }) => name))],
  ]);
  for (const [label, value] of loads.flatMap(({ labels }) => Object.entries(labels))) {
    // Requests may give it any value.
    if (labelKeys.includes(label)) continue;
    values.set(label, (values.get(label) ?? new Set()).add(value));
  }
  return Object.fromEntries([...values].map(([label, known]) => [label, [...known]]));
}
