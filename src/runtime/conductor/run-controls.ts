import { LoadwrightError } from '../../errors.js';
import type { LivePlan } from './live-plan.js';

/** What a run that is going on lets others do. */
export interface ControlledRun {
  plan: LivePlan;
  pause(): void;
  resume(): void;
  stop(reason: string): void;
  resetStatistics(): void;
}

/**
 * Changes a run while it goes on: give it to `run({ controls })`, as an `AbortController`'s signal. Each change is an
 * amendment of the plan that all workers carry out at the same instant, 50 ms later, so the numbers stay exact.
 *
 * Before the run has started and after it has ended there is nothing to change: then every method throws.
 *
 * @throws LoadwrightError `ERR_OPTION_CONFLICT` where the change makes no sense: no run, no load of that model, or
 * several and none was named; `ERR_OPTION_INVALID` for a number that cannot be
 * @example
 * ```ts
 * import { run, RunControls } from 'loadwright/node';
 * const controls = new RunControls();
 * await run({
 *   script: './stock.ts',
 *   controls,
 *   onEvent: (event) => {
 *     if (event.type === 'interval-closed' && event.interval === 29) controls.setUsers(200, { spawnRate: 20 });
 *   },
 * });
 * ```
 */
export class RunControls {
  #run: ControlledRun | undefined;

  /**
   * Another number of users for a closed load, at once or `spawnRate` a second; who is too many finishes the task it is
   * in, as long as the load grants. `load` names one where there are several.
   */
  setUsers(users: number, options: { spawnRate?: number; load?: string } = {}): void {
    requireNumber('users', users, { isWhole: true, least: 0 });
    if (options.spawnRate !== undefined) requireNumber('spawnRate', options.spawnRate, { least: 0.000_001 });
    this.#running().plan.setUsers(users, options);
  }

  /** Another number of starts a second for an open load; fractions are allowed. */
  setRate(rate: number, options: { load?: string } = {}): void {
    requireNumber('rate', rate, { least: 0 });
    this.#running().plan.setRate(rate, options);
  }

  /** Stops the plan's clock: tasks in progress finish, nothing begins, and the end moves on. */
  pause(): void {
    this.#running().pause();
  }

  resume(): void {
    this.#running().resume();
  }

  /** Ends the run in order, with full results; the run then is `stopped`. */
  stop(reason = 'stopped by RunControls'): void {
    this.#running().stop(reason);
  }

  /** Forgets what was counted so far: from the next full second on, everything counts from 0. Users stay as they are. */
  resetStatistics(): void {
    this.#running().resetStatistics();
  }

  /** @internal Called by the run itself. */
  attach(run: ControlledRun | undefined): void {
    this.#run = run;
  }

  #running(): ControlledRun {
    if (this.#run !== undefined) return this.#run;
    throw new LoadwrightError('ERR_OPTION_CONFLICT', {
      message: 'There is no run to control: it has not started, or it has ended.',
      hint: "Wait for onEvent's 'run-started'.",
    });
  }
}

function requireNumber(name: string, value: number, { least, isWhole = false }: { least: number; isWhole?: boolean }) {
  if (Number.isFinite(value) && value >= least && (!isWhole || Number.isInteger(value))) return;
  throw new LoadwrightError('ERR_OPTION_INVALID', {
    message: `"${name}" must be a ${isWhole ? 'whole ' : ''}number of ${least} or more, but the code gave ${String(value)}.`,
    hint: isWhole ? '100' : '12.5',
  });
}
