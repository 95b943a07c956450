import type { RunTotals } from '../metrics/run-totals.js';
import type { RunEvent } from '../runtime/protocol.js';

/**
 * Something that listens to a run and writes what it hears somewhere: a terminal, files, a web page.
 *
 * What people get wrong: a reporter is told, and never asked. It cannot slow down, stop or change the run, and nothing
 * it returns is read; `onEvent` runs on the thread that conducts the run, so it has to be quick (well under 30 ms).
 *
 * When the run stops, `run-finished` brings the whole result, then `finish` is called once; the process ends when every
 * `finish` has settled. A run that never got that far calls `finish` without a `run-finished` before it.
 *
 * A reporter that throws, in either, is named in a `warning` event to the others (`ERR_REPORT_FAILED`), hears nothing
 * more, and makes the exit code non-zero. The run goes on.
 *
 * `docs/writing-a-reporter.md` tells of every event, and has a longer example.
 *
 * @example
 * ```ts
 * import type { Reporter } from 'loadwright/node';
 * export function createCounter(): Reporter {
 *   return {
 *     name: 'counter',
 *     onEvent(event, totals) {
 *       if (event.type !== 'interval-closed') return;
 *       const { aggregated } = totals.table((event.interval + 1) * 1000);
 *       process.stdout.write(`${aggregated.completed}\n`);
 *     },
 *   };
 * }
 * ```
 */
export interface Reporter {
  /** Named in warnings when it fails. */
  readonly name: string;
  /** Hears every event of a run, in order; `totals` already holds what the event brought. */
  onEvent(event: RunEvent, totals: RunTotals): void;
  /** After the last event: resolves when everything is written. */
  finish?(): void | Promise<void>;
}
