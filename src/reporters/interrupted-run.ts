import { BottleneckWatch } from '../metrics/bottlenecks/bottleneck-watch.js';
import type { MonitorReadings } from '../metrics/monitors/monitor-sample.js';
import { MonitorTotals } from '../metrics/monitors/monitor-totals.js';
import type { RunTotals } from '../metrics/run-totals.js';
import { describeTaskRatios } from '../runtime/load/task-ratios.js';
import type { IntervalClosed, RunEvent, RunResult, RunStarted, WorkerLost } from '../runtime/protocol.js';
import { InterruptedGenerator } from './interrupted-generator.js';

/** A run that was killed never judged itself; what it exits with is that of a lost worker. */
const EXIT_CODE = 5;

/** Makes the end that a run never came to, from what was heard of it: honest about what is missing. */
export class InterruptedRun {
  readonly #totals: RunTotals;
  #started: RunStarted | undefined;
  #latest: IntervalClosed | undefined;
  readonly #monitors = new MonitorTotals();
  readonly #generator = new InterruptedGenerator();
  readonly #bottlenecks = new BottleneckWatch();
  readonly #warnings: { code: string; message: string }[] = [];
  readonly #lostWorkers: WorkerLost[] = [];

  constructor(totals: RunTotals) {
    this.#totals = totals;
  }

  hear(event: RunEvent): void {
    if (event.type === 'run-started') this.#started = event;
    else if (event.type === 'interval-closed') this.#hearInterval(event);
    else if (event.type === 'interval-amended') this.#bottlenecks.add(event);
    else if (event.type === 'statistics-reset') this.#bottlenecks.reset(event.firstInterval);
    else if (event.type === 'monitors-sampled') this.#hearMonitors(event);
    else if (event.type === 'worker-lost') this.#lostWorkers.push(event);
    else if (event.type === 'warning') this.#warnings.push({ code: event.code, message: event.message });
  }

  #hearMonitors(event: MonitorReadings): void {
    this.#monitors.add(event);
    this.#bottlenecks.watch(event);
  }

  #hearInterval(event: IntervalClosed): void {
    this.#latest = event;
    this.#generator.add(event.generator);
    this.#bottlenecks.add(event);
  }

  /** The events that end it. */
  end(): RunEvent[] {
    const seconds = this.#seconds;
    const message =
      `The recording ends after second ${seconds}, and the run had not ended: it was killed, or is still going on. ` +
      'What it counted later is missing, and so are its final verdicts.';
    const warning = { code: 'RECORDING_INCOMPLETE', message };
    return [
      { type: 'warning', ...warning },
      { type: 'run-finished', result: this.#createResult(seconds * 1000, [...this.#warnings, warning]) },
    ];
  }

  /** What there is of it so far, as if it had ended; undefined before it has started. */
  read(): RunResult | undefined {
    return this.#started === undefined ? undefined : this.#createResult(this.#seconds * 1000, [...this.#warnings]);
  }

  get #seconds(): number {
    return (this.#latest?.interval ?? -1) + 1;
  }

  #createResult(durationMs: number, warnings: RunResult['warnings']): RunResult {
    const { scenario, host, startedAt, workers, plan } = this.#started!;
    const part = this.#totals.read();
    const { rows, aggregated } = this.#totals.table(durationMs, part.series);
    const generator = this.#generator.read();
    const monitors = this.#monitors.read();
    const taskRatios = describeTaskRatios(plan, part.kinds);
    const verdicts = this.#latest?.thresholds ?? [];
    return {
      state: 'incomplete',
      scenario,
      host,
      startedAt,
      durationMs,
      drainMs: 0,
      seed: plan.seed,
      workers,
      usersStarted: this.#latest?.gauges.usersStarted ?? 0,
      requests: rows,
      total: aggregated,
      part,
      warnings,
      lostWorkers: this.#lostWorkers,
      thresholds: verdicts.filter(({ isAbortRule, state }) => !isAbortRule || state === 'failed'),
      generator,
      ...(taskRatios === undefined ? {} : { taskRatios }),
      bottlenecks: this.#bottlenecks.find(part.series, generator),
      ...(monitors.length === 0 ? {} : { monitors }),
      outside: [],
      exitCode: EXIT_CODE,
    };
  }
}
