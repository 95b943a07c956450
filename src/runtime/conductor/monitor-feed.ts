import type {
  MonitorKind,
  MonitorReadings,
  MonitorSample,
  MonitorUnit,
} from '../../metrics/monitors/monitor-sample.js';
import { MonitorTotals } from '../../metrics/monitors/monitor-totals.js';
import type { RunEvent } from '../protocol.js';
import type { ScriptWorker } from './script-worker.js';

const LIMIT_MS = 900;
/** The load waits no longer than this for the look before it. */
const FIRST_PATIENCE_MS = 1000;
/** The end of a run waits no longer than this for its monitors. */
const LAST_LIMIT_MS = 800;
const LAST_PATIENCE_MS = 950;
/** A last look so soon after the one before would be of too short a time for rates. */
const BRIEF_MS = 500;
/** An answer that is this late never comes: something blocks the thread. */
const BLOCKED_AFTER_MS = 3000;
/** Questions to a thread that does not answer would all be answered at once when it does. */
const MAX_PENDING = 2;
const BLOCKED = 'something blocks the thread of setup, verify and monitors';

type Emit = (event: RunEvent) => void;

/** Asks the scenario's monitors second by second, and tells what they answer. What they do never touches the run. */
export class MonitorFeed {
  readonly totals = new MonitorTotals();
  readonly #worker: Pick<ScriptWorker, 'sampleMonitors' | 'onMonitored'>;
  readonly #monitors: readonly { name: string; kind: MonitorKind }[];
  /** When each second was asked for that is not answered yet. */
  readonly #pending = new Map<number, number>();
  readonly #warned = new Set<string>();
  /** Units are told once; those of answers that came too late wait for the next one. */
  readonly #unheardUnits = new Map<string, Readonly<Record<string, MonitorUnit>>>();
  /** Until the run has started, what was measured waits for it. */
  #early: MonitorReadings[] = [];
  #emit: Emit | undefined;
  #next = 0;
  #lastAskedMs = Number.NEGATIVE_INFINITY;
  #hasEnded = false;
  #onAnswered: () => void = () => {};

  constructor(worker: ScriptWorker, monitors: readonly { name: string; kind: MonitorKind }[]) {
    this.#worker = worker;
    this.#monitors = monitors;
    worker.onMonitored = (readings) => this.#onReadings(readings);
  }

  /** A look before the first user; resolves within a second, whatever the monitors do. */
  async begin(): Promise<void> {
    this.#ask({ interval: -1, limitMs: LIMIT_MS, atMs: 0 });
    await this.#untilAnswered(FIRST_PATIENCE_MS);
    if (this.#pending.delete(-1)) this.#early.push(this.#blocked(-1));
  }

  start(emit: Emit): void {
    this.#emit = emit;
    for (const readings of this.#early.splice(0)) this.#tell(readings);
  }

  /** To be called several times a second: asks for each second when it is over. */
  tick(elapsedMs: number): void {
    const interval = Math.floor(elapsedMs / 1000) - 1;
    for (const [asked, atMs] of this.#pending) {
      if (elapsedMs - atMs > BLOCKED_AFTER_MS) this.#giveUp(asked);
    }
    if (interval < this.#next) return;
    this.#next = interval + 1;
    if (this.#pending.size >= MAX_PENDING) this.#tell(this.#blocked(interval));
    else this.#ask({ interval, limitMs: LIMIT_MS, atMs: elapsedMs });
  }

  /** A last look, and what is only asked at the end. Resolves within a second whatever the monitors do. */
  async finish(elapsedMs: number): Promise<void> {
    const isBrief = elapsedMs - this.#lastAskedMs < BRIEF_MS;
    const interval = isBrief ? this.#next - 1 : Math.max(this.#next, Math.round(elapsedMs / 1000) - 1);
    // The answer of this second may still be on its way.
    const key = this.#pending.has(interval) ? interval + 1 : interval;
    this.#ask({ interval: key, limitMs: LAST_LIMIT_MS, atMs: elapsedMs, isLast: true, isBrief });
    await this.#untilAnswered(LAST_PATIENCE_MS);
    for (const asked of this.#pending.keys()) this.#giveUp(asked);
    this.#hasEnded = true;
  }

  #ask(request: { interval: number; limitMs: number; atMs: number; isLast?: boolean; isBrief?: boolean }): void {
    const { interval, limitMs, atMs, isLast = false, isBrief = false } = request;
    this.#pending.set(interval, atMs);
    if (interval >= 0) this.#lastAskedMs = atMs;
    this.#worker.sampleMonitors({ interval, limitMs, isLast, isBrief });
  }

  #untilAnswered(limitMs: number): Promise<void> {
    if (this.#pending.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const giveUp = setTimeout(resolve, limitMs);
      this.#onAnswered = () => {
        if (this.#pending.size > 0) return;
        clearTimeout(giveUp);
        resolve();
      };
    });
  }

  #onReadings(readings: MonitorReadings): void {
    const samples = readings.samples.map((sample) => this.#withUnheard(sample));
    // What was given up is told as a failure already.
    if (!this.#pending.delete(readings.interval) || this.#hasEnded) {
      for (const { monitor, units } of samples) this.#unheardUnits.set(monitor, units);
      return;
    }
    if (this.#emit === undefined) this.#early.push({ ...readings, samples });
    else this.#tell({ ...readings, samples });
    this.#onAnswered();
  }

  #withUnheard(sample: MonitorSample): MonitorSample {
    const unheard = this.#unheardUnits.get(sample.monitor);
    this.#unheardUnits.delete(sample.monitor);
    return unheard === undefined ? sample : { ...sample, units: { ...unheard, ...sample.units } };
  }

  #giveUp(interval: number): void {
    this.#pending.delete(interval);
    this.#tell(this.#blocked(interval));
  }

  #blocked(interval: number): MonitorReadings {
    const failures = this.#monitors.map(({ name, kind }) => ({ monitor: name, kind, message: BLOCKED }));
    return { interval, samples: [], failures };
  }

  #tell(readings: MonitorReadings): void {
    const told = withoutEmpty(readings);
    if (told.samples.length + told.failures.length === 0) return;
    this.totals.add(told);
    this.#emit?.({ type: 'monitors-sampled', ...told });
    for (const { monitor, message } of told.failures) {
      if (this.#warned.has(monitor)) continue;
      this.#warned.add(monitor);
      const when = told.interval < 0 ? 'before the load' : `in second ${told.interval}`;
      this.#emit?.({
        type: 'warning',
        code: 'MONITOR_FAILED',
        message: `The monitor "${monitor}" failed ${when}: ${message}. The run goes on, and it is asked again each second.`,
      });
    }
  }
}

/** The last look at what was looked at just before brings nothing new. */
function withoutEmpty({ interval, samples, failures }: MonitorReadings): MonitorReadings {
  const telling = samples.filter(
    ({ values, statements }) => statements !== undefined || Object.keys(values).length > 0,
  );
  return { interval, samples: telling, failures };
}
