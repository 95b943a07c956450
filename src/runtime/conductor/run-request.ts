import type { RunTotals } from '../../metrics/run-totals.js';
import type { OptionLayer, ResolvedOptions } from '../../options/resolved-options.js';
import type { RunEvent, ScenarioDescription } from '../protocol.js';
import type { TestDefinition } from '../user/define-test.js';
import type { ConfirmOrigins } from './check-origins.js';
import type { PortFleet } from './port-fleet.js';
import type { RunControls } from './run-controls.js';

/** Hears every event of a run, in order; `totals` already holds what the event brought. */
export interface RunListener {
  /** Resolves when nothing has to be loaded any more: the load starts then. It may leave no file to be opened. */
  ready?(): Promise<void>;
  onEvent(event: RunEvent, totals: RunTotals): void;
  /** After `run-finished`: resolves when everything is written. Names of reporters that failed. */
  finish(): Promise<string[]>;
}

/** Everything a run needs to be told. */
export interface RunRequest {
  source: { type: 'file'; path: string } | { type: 'test'; test: TestDefinition };
  /** Kinds picked by name; empty: all. */
  kinds: string[];
  /** All layers but `default` and `script`, which the run adds. */
  layers: OptionLayer[];
  createListener(options: ResolvedOptions, description: ScenarioDescription): RunListener;
  signal?: AbortSignal | undefined;
  controls?: RunControls | undefined;
  /** Changes what the scenario says of itself, such as weights and loads, before anything is planned. */
  adjust?: (described: ScenarioDescription) => ScenarioDescription;
  /** Asked before a run goes to an origin that is neither this machine nor allowed; absent: it is refused. */
  confirmOrigins?: ConfirmOrigins;
  /** Threads that are booting already; the run ends them. */
  threads?: Promise<PortFleet>;
}
