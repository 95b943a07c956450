import type { MeasureSelector } from '../../src/metrics/measure-selector.js';
import type { MeasureSource, RequestNumbers } from '../../src/metrics/measures.js';
import { type CustomMetric, knownMetricsWith } from '../../src/metrics/metric-table.js';
import { parseSelector } from '../../src/metrics/parse-selector.js';
import { parseThresholdFlag, type Threshold, type ThresholdContext } from '../../src/metrics/thresholds.js';
import { nearestName } from '../../src/options/nearest-name.js';
import { parseDuration } from '../../src/options/parse-duration.js';

export function contextOf(custom: readonly CustomMetric[] = [], ownLabels: readonly string[] = []): ThresholdContext {
  return { knownMetrics: knownMetricsWith(custom), ownLabels, origin: 'stock.ts', nearestName, parseDuration };
}

export function selectorOf(text: string, context: ThresholdContext = contextOf()): MeasureSelector {
  return parseSelector(text, context);
}

/** `http_req_duration:p(95)<200`, with what else it is told. */
export function thresholdOf(text: string, changes: Partial<Threshold> = {}, context = contextOf()): Threshold {
  return { ...parseThresholdFlag(text, context), ...changes };
}

export function sourceOf(changes: Partial<MeasureSource> = {}): MeasureSource {
  return { load: 'default', user: 'Buyer', group: undefined, labels: {}, ...changes };
}

export function requestOf(changes: Partial<RequestNumbers> = {}): RequestNumbers {
  return {
    method: 'GET',
    name: '/a',
    status: 200,
    error: undefined,
    responseMs: 12,
    serviceMs: 10,
    waitingMs: 8,
    connectingMs: 1,
    tlsMs: 0.5,
    bytesSent: 20,
    bytesReceived: 100,
    source: sourceOf(),
    ...changes,
  };
}
