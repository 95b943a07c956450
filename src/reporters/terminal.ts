import { type Clock, systemClock } from '../metrics/clock.js';
import type { RunTotals } from '../metrics/run-totals.js';
import type { LogLevel } from '../options/resolved-options.js';
import { redactSecrets } from '../redact-secrets.js';
import type { IntervalClosed, LogRecord, RunEvent, RunResult, StopCause, WorkerSilent } from '../runtime/protocol.js';
import { createPalette, type Palette } from './color.js';
import { formatFinalReport, formatLostWorker, formatWarning } from './final-report.js';
import { escapeLines, escapeText } from './format/escape-text.js';
import { formatPlural } from './format/format-number.js';
import { formatPlace, formatRunHeader, formatStopCause } from './format/format-run-lines.js';
import { truncateText, wrapText } from './format/pad-text.js';
import { LineBudget } from './line-budget.js';
import { createLiveArea, createPlainArea, type LiveArea, type TerminalStream } from './live-area.js';
import { LiveCounts } from './live-counts.js';
import { formatFrame } from './live-frame.js';
import { readTotalTable, readWindowTable, withCurrentRates } from './live-tables.js';
import { isLevelShown } from './log-levels.js';
import { type FrameParts, formatPlainFrame } from './plain-frame.js';
import { RecentMinute } from './recent-minute.js';
import type { Reporter } from './reporter.js';
import { WorkPace } from './work-pace.js';

export interface TerminalOptions {
  stream: TerminalStream;
  /** Draw live lines over and over in place, instead of printing lines for good; see `isDrawingWanted`. */
  isDrawn: boolean;
  /** `--only-summary`: no live table, only the report at the end; logs and warnings are printed all the same. */
  onlySummary: boolean;
  logLevel: LogLevel;
  /** Colours; see `isColorWanted`. */
  color: boolean;
  clock?: Clock;
}

/** Where nothing is drawn over, a table is printed this often, as Locust's is. */
const SECONDS_BETWEEN_PLAIN_TABLES = 2;
/** Wide enough for Locust's layout with long names, where no terminal sets a limit. */
const PLAIN_COLUMNS = 160;
const LOG_BURST_LINES = 1000;
const LOG_LINES_PER_SECOND = 100;
const MAX_LOG_LINE_WIDTH = 4000;
/** With hundreds of names a table takes long to work out; drawing takes no more than one part in so many of the time. */
const LEAST_IDLE_FACTOR = 30;

/**
 * Shows a run on a terminal: who runs what, a live table, what scenarios log, and the whole report at the end. The
 * report is printed by `finish`, so that it can name a file that another reporter could not write.
 *
 * @example
 * ```ts
 * const reporter = createTerminalReporter({
 *   stream: process.stdout,
 *   isDrawn: isDrawingWanted(process.stdout, process.env),
 *   onlySummary: false,
 *   logLevel: 'info',
 *   color: isColorWanted(process.stdout, process.env),
 * });
 * ```
 */
export function createTerminalReporter(options: TerminalOptions): Reporter {
  const terminal = new Terminal(options);
  return {
    name: 'terminal',
    onEvent: (event, totals) => terminal.onEvent(event, totals),
    finish: () => terminal.finish(),
  };
}

class Terminal {
  readonly #options: TerminalOptions;
  readonly #palette: Palette;
  readonly #area: LiveArea;
  readonly #budget: LineBudget;
  readonly #pace: WorkPace;
  readonly #counts = new LiveCounts();
  /** Only what is drawn shows it. */
  readonly #minute: RecentMinute | undefined;
  readonly #warnings: { code: string; message: string }[] = [];
  /** Seconds of silence at which each share is next spoken of. */
  readonly #nextSilence = new Map<number, number>();
  #stopping: StopCause | { by: 'plan' } | undefined;
  #result: RunResult | undefined;
  /** Draws once more what is shown, for another size. */
  #redraw: (() => void) | undefined;

  constructor(options: TerminalOptions) {
    const clock = options.clock ?? systemClock;
    const isDrawn = options.isDrawn && !options.onlySummary;
    this.#options = options;
    this.#palette = createPalette(options.color);
    this.#minute = isDrawn ? new RecentMinute() : undefined;
    this.#area = isDrawn ? createLiveArea(options.stream) : createPlainArea(options.stream);
    this.#budget = new LineBudget({ burst: LOG_BURST_LINES, perSecond: LOG_LINES_PER_SECOND, clock });
    this.#pace = new WorkPace({ idleFactor: LEAST_IDLE_FACTOR, leastMs: 0, clock });
    options.stream.on?.('resize', this.#onResize);
  }

  onEvent(event: RunEvent, totals: RunTotals): void {
    switch (event.type) {
      case 'run-started':
        this.#counts.start(event);
        this.#print(formatRunHeader(event, this.#columns).map(this.#palette.heading));
        break;
      case 'interval-closed':
        this.#onInterval(event, totals);
        break;
      case 'interval-amended':
        this.#counts.amend(event);
        this.#minute?.add(event.interval, event.part.series);
        break;
      case 'statistics-reset':
        this.#counts.reset(event.firstInterval);
        this.#print([
          event.isAsked === true
            ? 'Statistics begin anew here, as was asked for.'
            : 'All users have started: statistics begin anew here (--reset-stats).',
        ]);
        break;
      case 'log':
        this.#onLog(event.record);
        break;
      case 'warning':
        this.#onWarning(event);
        break;
      case 'worker-silent':
        this.#onSilence(event);
        break;
      case 'worker-lost':
        this.#print(this.#inRed(formatLostWorker(event, this.#columns - 6).map((line) => `LOST  ${line}`)));
        break;
      case 'run-stopping':
        this.#stopping = event.cause;
        if (event.cause.by !== 'plan')
          this.#print(wrapText(`Stopping: ${formatStopCause(event.cause)}`, this.#columns, 4));
        break;
      case 'run-finished':
        this.#redraw = undefined;
        this.#area.clear();
        this.#result = event.result;
    }
  }

  finish(): void {
    this.#options.stream.off?.('resize', this.#onResize);
    this.#redraw = undefined;
    this.#area.clear();
    this.#printRefused();
    if (this.#result === undefined) return;
    const parts = { result: this.#result, warnings: this.#warnings, counts: this.#counts };
    const { rows, isTTY } = this.#options.stream;
    const size = { columns: this.#columns, rows: (isTTY === true ? rows : undefined) ?? Number.POSITIVE_INFINITY };
    this.#print(formatFinalReport(parts, size, this.#palette));
  }

  get #columns(): number {
    const { columns, isTTY } = this.#options.stream;
    return Math.max(20, columns ?? (isTTY === true ? 80 : PLAIN_COLUMNS));
  }

  #onInterval(event: IntervalClosed, totals: RunTotals): void {
    this.#counts.close(event);
    this.#printRefused();
    this.#minute?.add(event.interval, event.part.series);
    if (this.#options.onlySummary || this.#result !== undefined) return;
    const { isDrawn } = this.#options;
    if (!isDrawn && (event.interval + 1) % SECONDS_BETWEEN_PLAIN_TABLES !== 0) return;
    this.#pace.run(() => {
      const parts = this.#readParts(event, totals);
      if (!isDrawn) {
        this.#print(['', ...formatPlainFrame(parts, this.#columns, this.#palette)]);
        return;
      }
      this.#redraw = () => this.#area.draw(this.#formatFrame(parts));
      this.#redraw();
    });
  }

  readonly #onResize = (): void => this.#redraw?.();

  #formatFrame(parts: FrameParts): string[] {
    const minute = { rates: this.#minute?.readRates() ?? [], p95Ms: this.#minute?.readP95Ms() ?? [] };
    const size = { columns: this.#columns, rows: this.#options.stream.rows ?? 24 };
    return formatFrame({ ...parts, ...minute }, size, this.#palette);
  }

  #readParts(interval: IntervalClosed, totals: RunTotals): FrameParts {
    const total = readTotalTable(interval, totals);
    const window = readWindowTable(interval, totals);
    const { completed, failures } = total.aggregated;
    const figures = {
      progress: this.#counts.readProgress(),
      completed,
      failures,
      now: window.aggregated,
      exceptions: totals.exceptionCount,
      ...this.#counts.readFigures(),
      stopping: this.#stopping,
    };
    return { interval, table: withCurrentRates(total, window), figures, typeOf: this.#counts.typeOf };
  }

  #onLog({ level, message, source }: LogRecord): void {
    if (!isLevelShown(level, this.#options.logLevel)) return;
    const prefix = source === 'loadwright' ? '' : this.#palette.faint(`[${escapeText(source)}] `);
    const label = level === 'info' ? '' : `${level} `;
    const paint =
      level === 'error' ? this.#palette.bad : level === 'warn' ? this.#palette.warning : (text: string) => text;
    const lines = escapeLines(redactSecrets(message)).map((line) => truncateText(line, MAX_LOG_LINE_WIDTH));
    if (!this.#budget.spend(lines.length)) return;
    this.#print(lines.map((line, index) => `${prefix}${paint(`${index === 0 ? label : ''}${line}`)}`));
  }

  #onWarning({ code, message }: { code: string; message: string }): void {
    this.#warnings.push({ code, message });
    this.#print(formatWarning({ code, message }, this.#columns).map(this.#palette.warning));
  }

  #onSilence(event: WorkerSilent): void {
    const next = this.#nextSilence.get(event.share) ?? 0;
    if (event.seconds < next) return;
    this.#nextSilence.set(event.share, Math.max(1, event.seconds) * 2);
    const text = `worker ${event.share} has been silent for ${event.seconds} s: its thread is blocked${formatPlace(event)}`;
    this.#print([this.#palette.warning(truncateText(text, this.#columns))]);
  }

  #inRed(lines: readonly string[]): string[] {
    return lines.map(this.#palette.bad);
  }

  #printRefused(): void {
    const refused = this.#budget.takeRefused();
    if (refused === 0) return;
    this.#print([this.#palette.faint(`… ${formatPlural(refused, 'log line')} not shown: too many a second`)]);
  }

  #print(lines: readonly string[]): void {
    if (lines.length > 0) this.#area.print(lines);
  }
}
