import { RunTotals } from '../metrics/run-totals.js';
import type { RunListener } from '../runtime/conductor/run-request.js';
import type { RunEvent } from '../runtime/protocol.js';
import type { Reporter } from './reporter.js';

/**
 * Tells every event to every reporter, in the order given. One that throws is switched off and named: the others hear a
 * `warning` event (`ERR_REPORT_FAILED`), and `finish` returns its name. Put the terminal last: reporters finish one
 * after another, and the final report on the terminal can then still say which file could not be written.
 */
export function createFanOut(reporters: readonly Reporter[]): RunListener {
  const fanOut = new FanOut(reporters);
  return {
    onEvent: (event, totals) => fanOut.tell(event, totals),
    finish: () => fanOut.finish(),
  };
}

class FanOut {
  readonly #active: Set<Reporter>;
  readonly #failed: string[] = [];
  readonly #queue: RunEvent[] = [];
  readonly #unsettled = new Set<Promise<void>>();
  #totals = new RunTotals();
  #isTelling = false;
  #finished: Promise<string[]> | undefined;

  constructor(reporters: readonly Reporter[]) {
    this.#active = new Set(reporters);
  }

  tell(event: RunEvent, totals: RunTotals): void {
    this.#totals = totals;
    this.#queue.push(event);
    this.#tellQueued();
  }

  finish(): Promise<string[]> {
    this.#finished ??= this.#finishAll();
    return this.#finished;
  }

  /** What a failure brings is told after the event it happened in, so that all hear the same order. */
  #tellQueued(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) {
      for (const reporter of [...this.#active]) this.#tellOne(reporter, event);
    }
    this.#isTelling = false;
  }

  #tellOne(reporter: Reporter, event: RunEvent): void {
    try {
      // Written by others, `onEvent` may be async in spite of its type; its rejection must not end the process.
      const outcome: unknown = reporter.onEvent(event, this.#totals);
      if (outcome instanceof Promise) this.#watch(reporter, outcome);
    } catch (error) {
      this.#switchOff(reporter, error);
    }
  }

  #watch(reporter: Reporter, outcome: Promise<unknown>): void {
    const settled = outcome
      .catch((error: unknown) => {
        this.#switchOff(reporter, error);
        this.#tellQueued();
      })
      .then(() => {
        this.#unsettled.delete(settled);
      });
    this.#unsettled.add(settled);
  }

  #switchOff(reporter: Reporter, error: unknown): void {
    if (!this.#active.delete(reporter)) return;
    this.#failed.push(reporter.name);
    const reason = error instanceof Error ? error.message : String(error);
    this.#queue.push({
      type: 'warning',
      code: 'ERR_REPORT_FAILED',
      message: `The ${reporter.name} report failed and was switched off: ${reason}`,
    });
  }

  async #finishAll(): Promise<string[]> {
    await Promise.all(this.#unsettled);
    for (const reporter of [...this.#active]) {
      if (!this.#active.has(reporter)) continue;
      try {
        await reporter.finish?.();
      } catch (error) {
        this.#switchOff(reporter, error);
        this.#tellQueued();
      }
    }
    return [...new Set(this.#failed)];
  }
}
