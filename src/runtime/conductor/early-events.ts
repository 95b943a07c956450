import { RunTotals } from '../../metrics/run-totals.js';
import type { LogRecord } from '../protocol.js';
import { EventRedactor } from './redact-event.js';
import type { RunListener } from './run-request.js';
import type { ScriptWorker } from './script-worker.js';

/** A setup that is done sooner needs no word. */
const QUIET_MS = 1500;

/** What is told before the run starts: what setups log, as they go, and which of them takes its time. */
export class EarlyEvents {
  readonly #listener: RunListener;
  readonly #totals = new RunTotals();
  readonly #redactor = new EventRedactor();
  /** What the listener threw: it hears nothing more. */
  #failure: { error: unknown } | undefined;

  constructor(listener: RunListener) {
    this.#listener = listener;
  }

  tell(record: LogRecord): void {
    if (this.#failure !== undefined) return;
    try {
      this.#listener.onEvent(this.#redactor.redact({ type: 'log', record }), this.#totals);
    } catch (error) {
      this.#failure = { error };
    }
  }

  /** Passes on what the worker logs, and says what takes long, until what is returned is called. */
  follow(worker: ScriptWorker): () => void {
    let timer: NodeJS.Timeout | undefined;
    worker.onLog = (record) => this.tell(record);
    worker.onBegan = (what) => {
      clearTimeout(timer);
      if (!what.startsWith('setup ')) return;
      const record: LogRecord = { level: 'info', message: `The ${what} is running.`, source: 'loadwright' };
      timer = setTimeout(() => this.tell(record), QUIET_MS);
    };
    return () => {
      clearTimeout(timer);
      worker.onBegan = () => {};
    };
  }

  /** @throws what the listener threw */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
