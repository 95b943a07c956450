import { OTHER_NAMES } from '../../metrics/aggregate.js';
import { BottleneckWatch } from '../../metrics/bottlenecks/bottleneck-watch.js';
import type { Bottleneck } from '../../metrics/bottlenecks/rule-table.js';
import type { GeneratorSummary } from '../../metrics/generator-health.js';
import { RunTotals } from '../../metrics/run-totals.js';
import { OTHER_LABELS } from '../../metrics/selector-key.js';
import { describeTaskRatios } from '../load/task-ratios.js';
import type { Plan } from '../plan.js';
import type { RunEvent, RunResult } from '../protocol.js';
import { AnswerWatch } from './answer-watch.js';
import { explainLimits } from './explain-limits.js';
import { EventRedactor } from './redact-event.js';
import type { RunListener } from './run-request.js';
import type { SystemLimits } from './system-limits.js';

export interface RunJournalOptions {
  listener: RunListener;
  limits: SystemLimits;
  /** The listener threw: the run has to end. */
  onFailed(): void;
}

/** Everything that is told of a run, in order, and the totals that go with it. */
export class RunJournal {
  readonly totals = new RunTotals();
  readonly #bottlenecks = new BottleneckWatch();
  /** As it was told. */
  #plan: Plan | undefined;
  readonly warnings: { code: string; message: string }[] = [];
  readonly #options: RunJournalOptions;
  readonly #redactor = new EventRedactor();
  readonly #answers = new AnswerWatch();
  /** The first second that counts; at 0 all do. */
  #resetAtInterval = 0;
  #isResetAsked = false;
  /** What the listener threw: it hears nothing more, and it is what `run` rejects with. */
  failure: { error: unknown } | undefined;

  constructor(options: RunJournalOptions) {
    this.#options = options;
  }

  get resetAtInterval(): number {
    return this.#resetAtInterval;
  }

  /** What finishes before second `interval`, which is still to come, will not count. `isAsked`: not by `--reset-stats`. */
  resetAt(interval: number, { isAsked }: { isAsked: boolean }): void {
    this.#resetAtInterval = interval;
    this.#isResetAsked = isAsked;
  }

  /** What held the target up, as far as it was told. */
  findBottlenecks(generator: GeneratorSummary): Bottleneck[] {
    return this.#bottlenecks.find(this.totals.read().series, generator);
  }

  /** What was counted, and what it says of the tasks of the plan. */
  read(): Pick<RunResult, 'part' | 'taskRatios' | 'warnings'> {
    const part = this.totals.read();
    const taskRatios = this.#plan && describeTaskRatios(this.#plan, part.kinds);
    return { part, warnings: this.warnings, ...(taskRatios === undefined ? {} : { taskRatios }) };
  }

  emit(told: RunEvent): void {
    const event = this.#redactor.redact(told);
    if (event.type === 'run-started') this.#plan = event.plan;
    if (event.type === 'interval-closed' || event.type === 'interval-amended') this.#count(event);
    if (event.type === 'monitors-sampled') this.#bottlenecks.watch(event);
    if (event.type === 'interval-closed') this.#answers.close(event);
    else if (event.type === 'interval-amended') this.#answers.amend(event);
    else if (event.type === 'run-stopping') this.#answers.stop(event.atMs);
    if (event.type === 'warning') this.warnings.push({ code: event.code, message: event.message });
    this.#tell(event);
    const firstInterval = this.#resetAtInterval;
    if (event.type === 'interval-closed' && event.interval === firstInterval - 1) {
      this.totals.reset(firstInterval);
      this.#bottlenecks.reset(firstInterval);
      this.emit({ type: 'statistics-reset', firstInterval, ...(this.#isResetAsked ? { isAsked: true } : {}) });
    }
  }

  /** The end of the run, as everybody is told it. */
  finish(result: RunResult): RunResult {
    this.#warnOfSilence();
    const told = this.#redactor.redact(result);
    this.emit({ type: 'run-finished', result: told });
    return told;
  }

  warnOnce(code: string, message: string): void {
    if (this.warnings.some((warning) => warning.code === code)) return;
    this.emit({ type: 'warning', code, message });
  }

  #warnOfSilence(): void {
    const silence = this.#answers.findSilence();
    if (silence === undefined) return;
    const { fromMs, inFlight } = silence;
    const were = inFlight === 1 ? '1 request was' : `${inFlight} requests were`;
    const message = `Nothing was answered from second ${fromMs / 1000} to the end of the load; ${were} in flight.`;
    this.warnOnce('TARGET_SILENT', message);
  }

  #count(event: Extract<RunEvent, { part: unknown; interval: number }>): void {
    const { interval, part } = event;
    this.totals.add(interval, part);
    this.#bottlenecks.add(event);
    const isFolded = this.totals.hasFoldedNames || part.series.some(({ name }) => name === OTHER_NAMES);
    if (isFolded) this.warnOnce('TOO_MANY_NAMES', `More than 1,000 request names: the rest is in "${OTHER_NAMES}".`);
    if (part.measures.some(({ key }) => key.includes(OTHER_LABELS))) {
      const message = `More than 10,000 combinations of a metric's labels: the rest is under "${OTHER_LABELS}".`;
      this.warnOnce('TOO_MANY_LABELS', message);
    }
    for (const { code, message } of explainLimits(part.series, this.#options.limits)) this.warnOnce(code, message);
    if (part.droppedIterations > 0) {
      const message =
        'Iterations were dropped: no user was free to start them (maxUsers), no row was left, or their time was over.';
      this.warnOnce('DROPPED_ITERATIONS', message);
    }
  }

  #tell(event: RunEvent): void {
    if (this.failure !== undefined) return;
    try {
      this.#options.listener.onEvent(event, this.totals);
    } catch (error) {
      this.failure = { error };
      this.#options.onFailed();
    }
  }
}
