import type { RunTotals } from '../metrics/run-totals.js';
import { formatPlace, formatStopped } from '../reporters/format/format-run-lines.js';
import { type Column, Columns } from '../reporters/history/columns.js';
import { MonitorColumns } from '../reporters/history/monitor-columns.js';
import { NameColumns } from '../reporters/history/name-columns.js';
import { InterruptedRun } from '../reporters/interrupted-run.js';
import { LiveCounts } from '../reporters/live-counts.js';
import type { RunEvent, RunResult, RunStarted } from '../runtime/protocol.js';
import { describeFigures, describeOther, describeShapes } from './describe-figures.js';
import { describeEnvironment, describeJudgement, describeRun, describeVerdict, type RunParts } from './describe-run.js';
import type { Mark, PageData } from './page-data.js';
import { PageLogTail } from './page-log-tail.js';
import type { PageShapes } from './page-shapes.js';
import type { PageFields, PageUpdate } from './page-update.js';
import { readHeatmap, readNameColumns, readRunColumns } from './read-columns.js';
import { RunColumn } from './run-column.js';

/** A quarter of an hour is shown second by second, an hour in columns of four seconds. */
const MAX_COLUMNS = 960;
/** An hour of sixty names has four seconds a column, one of five hundred names 32. */
const NAME_LIMITS = { columns: MAX_COLUMNS, cells: 60_000, bytes: 32_000_000 };
/** A second's monitors may be told after it was closed. */
const LATE_MONITOR_SECONDS = 4;
/** Things that happened: more of them would cover the charts. */
const MAX_MARKS = 50;

/**
 * Everything the page shows, made from the events of a run. Its memory grows with names, up to a bound, and not with
 * requests or time.
 */
export class PageModel {
  readonly #columns: Columns<RunColumn>;
  readonly #names = new NameColumns(NAME_LIMITS);
  readonly #monitors: MonitorColumns;
  readonly #counts = new LiveCounts();
  readonly #log = new PageLogTail();
  readonly #marks: Mark[] = [];
  readonly #warnings: PageData['warnings'] = [];
  #soFar: InterruptedRun | undefined;
  #started: RunStarted | undefined;
  #result: RunResult | undefined;
  #closedSeconds = 0;

  constructor(options: { maxColumns?: number } = {}) {
    const { maxColumns = MAX_COLUMNS } = options;
    this.#monitors = new MonitorColumns({ maxColumns });
    this.#columns = new Columns({
      create: () => new RunColumn(),
      merge: (into, next) => into.merge(next),
      close: (column) => column.pack(),
      isFull: (columns) => columns > maxColumns,
    });
  }

  onEvent(event: RunEvent, totals: RunTotals): void {
    this.#soFar ??= new InterruptedRun(totals);
    this.#soFar.hear(event);
    switch (event.type) {
      case 'run-started':
        this.#started = event;
        this.#counts.start(event);
        break;
      case 'interval-closed':
        this.#columns.at(event.interval).close(event);
        this.#names.add(event.interval, event.part.series);
        this.#counts.close(event);
        this.#closedSeconds = Math.max(this.#closedSeconds, event.interval + 1);
        break;
      case 'interval-amended':
        this.#columns.at(event.interval).add(event);
        this.#names.add(event.interval, event.part.series);
        this.#counts.amend(event);
        break;
      case 'monitors-sampled':
        this.#monitors.add(event);
        break;
      case 'log':
        this.#log.add(event.record);
        break;
      case 'warning':
        this.#warn(event);
        break;
      case 'run-finished':
        this.#result = event.result;
        for (const warning of event.result.warnings) this.#warn(warning);
        break;
      default:
        this.#mark(event);
    }
  }

  /** The page as it stands; undefined before the run has started. */
  read(): PageData | undefined {
    const parts = this.#readParts();
    if (parts === undefined) return undefined;
    const { result, counts } = parts;
    this.#columns.settle();
    const columns = this.#columns.read(this.#closedSeconds);
    return {
      ...this.#describe(parts),
      log: this.#log.read(),
      columns: readRunColumns(columns),
      heatmap: readHeatmap(columns),
      names: readNameColumns(this.#names, { names: result.requests, end: this.#closedSeconds }),
      monitors: this.#monitors.read(),
      ...describeFigures(result, result.durationMs - counts.countedFromMs),
      environment: describeEnvironment(parts),
    };
  }

  /** What takes long to make; undefined before the run has started. */
  readShapes(): PageShapes | undefined {
    const parts = this.#readParts();
    if (parts === undefined) return undefined;
    const columns = this.#columns.read(this.#closedSeconds);
    return {
      startedAt: parts.started.startedAt,
      second: columns.map(({ second }) => second),
      heatmap: readHeatmap(columns),
      ...describeShapes(parts.result),
    };
  }

  /** What has changed from second `from` and line `logFrom` of the log on; undefined before the run has started. */
  readSince(from: number, logFrom = 0): (Omit<PageUpdate, 'run' | 'fields'> & { fields: PageFields }) | undefined {
    const parts = this.#readParts();
    if (parts === undefined) return undefined;
    const { result, counts, isRunning } = parts;
    const isNew = ({ second, seconds }: Column<unknown>) => second + seconds > from;
    return {
      fields: {
        ...this.#describe(parts),
        total: result.total,
        rows: result.requests,
        ...describeOther(result, result.durationMs - counts.countedFromMs),
      },
      columns: readRunColumns(this.#columns.read(this.#closedSeconds).filter(isNew)),
      names: readNameColumns(this.#names, { names: result.requests, end: this.#closedSeconds, from }),
      log: this.#log.read(logFrom),
      monitors: this.#monitors.read({ from: from - LATE_MONITOR_SECONDS, isSettled: false }),
      isFinal: !isRunning,
    };
  }

  /** How many lines were logged. */
  get logged(): number {
    return this.#log.count;
  }

  get closedSeconds(): number {
    return this.#closedSeconds;
  }

  #readParts(): RunParts | undefined {
    const [started, counts] = [this.#started, this.#counts];
    const result = this.#result ?? this.#soFar?.read();
    if (started === undefined || result === undefined) return undefined;
    const failedReports = this.#warnings.filter(({ code }) => code === 'ERR_REPORT_FAILED').length;
    return { started, result, counts, failedReports, isRunning: this.#result === undefined };
  }

  #describe(parts: RunParts) {
    return {
      run: describeRun(parts),
      verdict: describeVerdict(parts),
      ...describeJudgement(parts),
      marks: this.#marks,
      lostWorkers: parts.result.lostWorkers.map(({ type, ...lost }) => lost),
      warnings: this.#warnings,
    };
  }

  #warn({ code, message }: { code: string; message: string }): void {
    if (this.#warnings.some((known) => known.code === code && known.message === message)) return;
    this.#warnings.push({ code, message });
  }

  #mark(
    event: Extract<RunEvent, { type: 'statistics-reset' | 'worker-silent' | 'worker-lost' | 'run-stopping' }>,
  ): void {
    switch (event.type) {
      case 'statistics-reset':
        this.#counts.reset(event.firstInterval);
        this.#addMark({ second: event.firstInterval, text: 'counting begins again', kind: 'notice' });
        break;
      case 'worker-lost':
        this.#addMark({ second: this.#closedSeconds, text: `worker ${event.share} lost`, kind: 'bad' });
        break;
      case 'worker-silent':
        this.#addMark({
          second: this.#closedSeconds,
          text: `worker ${event.share} silent${formatPlace(event)}`,
          kind: 'bad',
        });
        break;
      case 'run-stopping':
        if (event.cause.by === 'plan') break;
        this.#addMark({
          second: event.atMs / 1000,
          text: formatStopped(event.cause),
          kind: 'notice',
        });
    }
  }

  /** What is told every second while it lasts is marked once. */
  #addMark(mark: Mark): void {
    if (this.#marks.length >= MAX_MARKS || this.#marks.some(({ text }) => text === mark.text)) return;
    this.#marks.push(mark);
  }
}
