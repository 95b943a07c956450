import { inspect } from 'node:util';
import type { MonitorUnit } from '../../../metrics/monitors/monitor-sample.js';
import type { MonitorFunction } from '../../user/define-monitors.js';
import type { Sampler, Values } from './sampler.js';

/** More than these could not be told apart in a chart, and would be kept for each second. */
const MAX_METRICS = 100;

/** What a function of the scenario returns. */
export class FunctionSampler implements Sampler {
  readonly units: Readonly<Record<string, MonitorUnit>>;
  readonly #run: MonitorFunction;

  constructor({ run, units }: { run: MonitorFunction; units: Readonly<Record<string, MonitorUnit>> }) {
    this.#run = run;
    this.units = units;
  }

  async sample(signal: AbortSignal): Promise<Values> {
    const answer: unknown = await this.#run({ signal });
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
      throw new Error(`it returned ${show(answer)}, not numbers by name: return { waiting: 3 }`);
    }
    const entries = Object.entries(answer as Record<string, unknown>);
    if (entries.length > MAX_METRICS) {
      throw new Error(`it returned ${entries.length} numbers, and a monitor may have ${MAX_METRICS}`);
    }
    for (const [name, value] of entries) {
      if (typeof value === 'number' && Number.isFinite(value)) continue;
      throw new Error(`it returned ${show(value)} as "${name}", which is not a number`);
    }
    return Object.fromEntries(entries) as Values;
  }
}

function show(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 60 });
}
