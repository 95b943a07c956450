import type { GaugeValue } from './measure.js';
import type { GaugeMerge } from './measure-selector.js';

/** A gauge of several shares as one value; of two values as recent as each other, `last` takes the higher share's. */
export function mergeGauge(shares: Readonly<Record<string, GaugeValue>>, merge: GaugeMerge): number | undefined {
  const sorted = Object.entries(shares).sort(([a], [b]) => Number(a) - Number(b));
  if (sorted.length === 0) return undefined;
  const values = sorted.map(([, { value }]) => value);
  switch (merge) {
    case 'min':
      return Math.min(...values);
    case 'max':
      return Math.max(...values);
    case 'last':
      return sorted.reduce((latest, next) => (next[1].atMs >= latest[1].atMs ? next : latest))[1].value;
    default: {
      const sum = values.reduce((total, value) => total + value, 0);
      return merge === 'sum' ? sum : sum / values.length;
    }
  }
}
