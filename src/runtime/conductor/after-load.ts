import { Aggregate, type SeriesCounts } from '../../metrics/aggregate.js';
import { tableOf } from '../../metrics/run-totals.js';
import type { SeriesStatistics } from '../../metrics/statistics.js';
import type { RunResult } from '../protocol.js';
import type { ScriptContents, ScriptPhase } from '../script-protocol.js';
import type { ScriptWorker } from './script-worker.js';

/** What came of the code that belongs to no user. */
export interface Aftermath {
  /** Absent without a `verify`. */
  verifyFailures: string[] | undefined;
  hasTeardownFailed: boolean;
  /** Requests of setup, verify and teardown. */
  outside: SeriesStatistics[];
}

type Warning = { code: string; message: string };

/** What is done once the load has ended, however it ended: `verify` judges the numbers, teardowns clear up. */
export class AfterLoad {
  readonly #worker: ScriptWorker;
  readonly #contents: ScriptContents;
  readonly #counted = new Map<ScriptPhase, SeriesCounts[]>();

  constructor(worker: ScriptWorker, contents: ScriptContents) {
    this.#worker = worker;
    this.#contents = contents;
    worker.onCounted = (phase, series) => this.#counted.set(phase, series);
  }

  async finish(result: RunResult, warnings: Warning[]): Promise<Aftermath> {
    const verifyFailures = this.#contents.verifyTimeoutMs !== undefined ? await this.#verify(result) : undefined;
    const hasTeardownFailed = await this.#tearDown(warnings);
    return { verifyFailures, hasTeardownFailed, outside: this.#readOutside() };
  }

  async #verify(result: RunResult): Promise<string[]> {
    try {
      return await this.#worker.verify(result);
    } catch (error) {
      // Whether the run passes is not known: that is no pass.
      return [(error as Error).message];
    }
  }

  async #tearDown(warnings: Warning[]): Promise<boolean> {
    try {
      await this.#worker.teardown();
      return false;
    } catch (error) {
      warnings.push({ code: 'ERR_SETUP_FAILED', message: (error as Error).message });
      return true;
    }
  }

  #readOutside(): SeriesStatistics[] {
    const sum = new Aggregate();
    for (const series of this.#counted.values()) sum.merge(series);
    return tableOf(sum.read(), 0).rows;
  }
}
