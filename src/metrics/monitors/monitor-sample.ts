/** What a monitor looks at. */
export type MonitorKind = 'process' | 'host' | 'postgres' | 'redis' | 'prometheus' | 'function';

/** What a number of a monitor means: `share` is 0 to 1, `percent` of one core or of the whole, 0 and up. */
export type MonitorUnit = 'percent' | 'share' | 'count' | 'bytes' | 'ms' | 'per second' | 'bytes per second';

/** A statement of a database, and what it took while the load went on. */
export interface SlowStatement {
  /** With placeholders, as the database keeps it. */
  text: string;
  calls: number;
  totalMs: number;
  meanMs: number;
}

/** What one monitor measured once. */
export interface MonitorSample {
  monitor: string;
  kind: MonitorKind;
  values: Readonly<Record<string, number>>;
  /** Units of the metrics that no sample of this monitor had before. */
  units: Readonly<Record<string, MonitorUnit>>;
  /** At the end alone, where the database keeps them: the slowest first. */
  statements?: readonly SlowStatement[];
}

/** A monitor that had nothing to tell for a second. */
export interface MonitorFailure {
  monitor: string;
  kind: MonitorKind;
  message: string;
}

/** What all monitors of a run had to tell of one second. */
export interface MonitorReadings {
  /** The second of the run that they measured; -1: before the first user. */
  interval: number;
  samples: readonly MonitorSample[];
  failures: readonly MonitorFailure[];
}
