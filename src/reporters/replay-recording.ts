import { LoadwrightError } from '../errors.js';
import { RunTotals } from '../metrics/run-totals.js';
import type { RunListener } from '../runtime/conductor/run-request.js';
import type { RunEvent, RunResult } from '../runtime/protocol.js';
import { createFanOut } from './fan-out.js';
import { InterruptedRun } from './interrupted-run.js';
import { type RecordedEvent, readRecording } from './read-recording.js';
import type { Reporter } from './reporter.js';

export interface ReplayOptions {
  /** The recording: a file that `--record` or `createRecordingReporter` wrote. */
  path: string;
  reporters: readonly Reporter[];
}

/** What came of a replay. */
export interface Replayed {
  /** The run's own result; for a run that was killed, what the recording says of it, `incomplete`. */
  result: RunResult;
  /** The run had come to its end when the recording ended. */
  isComplete: boolean;
  /** The last line, counted from 1, if it was cut off. */
  cutLine: number | undefined;
  /** Reporters that failed, by name. */
  failedReporters: string[];
}

/**
 * Tells reporters everything a recording holds, as they would have heard it during the run, only faster; then they
 * finish. Any report can be made this way, also of a run that was killed.
 *
 * What people get wrong: a recording without an end is no error. Its last second, whole or cut off, is where the run was
 * killed; the reporters hear a warning, and then a result in the state `incomplete` with all that was counted until then.
 *
 * @param options.path the recording
 * @param options.reporters who is told; the terminal goes last
 * @throws LoadwrightError `ERR_RECORDING_INVALID` for a file that cannot be read or is no recording, with the line
 * @example
 * ```ts
 * import { createCsvReporter, replayRecording } from 'loadwright/node';
 * const reporters = [createCsvReporter({ prefix: 'results/stock', fullHistory: true })];
 * const { result, isComplete } = await replayRecording({ path: 'results/stock.ndjson', reporters });
 * console.log(isComplete, result.total.completed);
 * ```
 */
export async function replayRecording({ path, reporters }: ReplayOptions): Promise<Replayed> {
  const replay = new Replay(path, createFanOut(reporters));
  const events = readRecording(path);
  for (;;) {
    const { done, value } = await events.next();
    if (done === true) return await replay.finish(value.cutLine);
    replay.tell(value);
  }
}

class Replay {
  readonly #path: string;
  readonly #listener: RunListener;
  readonly #totals = new RunTotals();
  readonly #interrupted = new InterruptedRun(this.#totals);
  #hasStarted = false;
  #result: RunResult | undefined;

  constructor(path: string, listener: RunListener) {
    this.#path = path;
    this.#listener = listener;
  }

  tell({ line, event }: RecordedEvent): void {
    if (this.#hasStarted === (event.type === 'run-started')) {
      const what = this.#hasStarted ? 'begins a second run' : 'comes before the run has started';
      throw this.#refuse(`Line ${line} of ${this.#path} ${what}.`);
    }
    this.#hasStarted = true;
    this.#pass(event);
  }

  async finish(cutLine: number | undefined): Promise<Replayed> {
    if (!this.#hasStarted) throw this.#refuse(`${this.#path} holds no run: nothing follows its first line.`);
    const isComplete = this.#result !== undefined;
    if (cutLine !== undefined) {
      const message = `Line ${cutLine} of the recording, its last one, is cut off and was left out.`;
      this.#pass({ type: 'warning', code: 'RECORDING_CUT_OFF', message });
    }
    if (!isComplete) for (const event of this.#interrupted.end()) this.#pass(event);
    const failedReporters = await this.#listener.finish();
    return { result: this.#result!, isComplete, cutLine, failedReporters };
  }

  #pass(event: RunEvent): void {
    if (event.type === 'interval-closed' || event.type === 'interval-amended') {
      this.#totals.add(event.interval, event.part);
    }
    if (event.type === 'statistics-reset') this.#totals.reset(event.firstInterval);
    if (event.type === 'run-finished') this.#result = event.result;
    else this.#interrupted.hear(event);
    this.#listener.onEvent(event, this.#totals);
  }

  #refuse(message: string): LoadwrightError {
    return new LoadwrightError('ERR_RECORDING_INVALID', { message });
  }
}
