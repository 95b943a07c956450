import type { MonitorUnit, SlowStatement } from '../../../metrics/monitors/monitor-sample.js';

/** Numbers of one instant, or of the time since they were last read. */
export type Values = Record<string, number>;

/** Reads one thing that is monitored. */
export interface Sampler {
  /** Units by the names of the numbers; without one a number is a count. */
  readonly units: Readonly<Record<string, MonitorUnit>>;
  /** Nobody waits for the answer any more once `signal` is aborted; the next call begins anew. */
  sample(signal: AbortSignal): Promise<Values>;
  /** The slowest statements since the first sample; undefined where they are not kept. */
  readStatements?(signal: AbortSignal): Promise<readonly SlowStatement[] | undefined>;
  close?(): void;
}
