import { describe, expect, it } from 'vitest';
import { findBuiltInMetric, knownMetricsWith, METRIC_TABLE } from '../../src/metrics/metric-table.js';

describe('built-in metrics', () => {
  it('have each name once, and say what they are', () => {
    expect(new Set(METRIC_TABLE.map(({ name }) => name)).size).toBe(METRIC_TABLE.length);
    for (const { name, about } of METRIC_TABLE) expect(about, name).toMatch(/^[A-Z].*\.$/);
  });

  it('are of these types', () => {
    const byType = (type: string) => METRIC_TABLE.filter((metric) => metric.type === type).map(({ name }) => name);
    expect(byType('rate')).toEqual(['http_req_failed', 'checks', 'generator_saturated']);
    expect(byType('gauge')).toEqual(['users']);
    expect(byType('counter')).toEqual([
      'http_reqs',
      'data_sent',
      'data_received',
      'iterations',
      'dropped_iterations',
      'missed_starts',
    ]);
    expect(byType('trend')).toEqual([
      'http_req_duration',
      'http_req_service',
      'http_req_waiting',
      'http_req_connecting',
      'http_req_tls',
      'iteration_duration',
      'group_duration',
      'start_lag',
      'generator_utilisation',
      'generator_added_latency',
    ]);
  });

  it('are found by name, and what every object has is no metric', () => {
    expect(findBuiltInMetric('checks')?.labels).toEqual(['check', 'name', 'load', 'user', 'group']);
    expect(findBuiltInMetric('constructor')).toBeUndefined();
  });
});

describe('a scenario’s metrics', () => {
  it('stand beside them with their own labels', () => {
    const known = knownMetricsWith([{ name: 'reserved', type: 'counter', by: ['outcome', 'user'], unit: 'items' }]);
    expect(known).toHaveLength(METRIC_TABLE.length + 1);
    expect(known.at(-1)).toMatchObject({
      name: 'reserved',
      unit: 'items',
      labels: ['load', 'user', 'group', 'outcome'],
      by: ['outcome', 'user'],
    });
  });

  it('that are gauges take the latest value if nothing else is said', () => {
    const known = knownMetricsWith([
      { name: 'a', type: 'gauge' },
      { name: 'b', type: 'gauge', merge: 'sum' },
      { name: 'c', type: 'trend' },
    ]);
    expect(known.slice(-3).map(({ merge }) => merge)).toEqual(['last', 'sum', undefined]);
  });
});
