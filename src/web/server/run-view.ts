import { systemClock } from '../../metrics/clock.js';
import type { RunTotals, Table } from '../../metrics/run-totals.js';
import type { ExceptionCounts } from '../../metrics/tally.js';
import type { KindRatio } from '../../metrics/task-ratio.js';
import { formatVerdict } from '../../reporters/format/format-verdict.js';
import { readTotalTable, readWindowTable } from '../../reporters/live-tables.js';
import { describeTaskRatios } from '../../runtime/load/task-ratios.js';
import type { IntervalClosed, RunEvent, RunResult, RunStarted } from '../../runtime/protocol.js';
import type { LoadStatus, RunOutcome, RunStatus, SecondFrame } from './http-interface.js';
import { SecondFrames } from './second-frame.js';

/** The run as it stood at the end of a second. */
interface LastSecond {
  event: IntervalClosed;
  totals: RunTotals;
  /** Made when the first one asks for it. */
  frame?: SecondFrame;
}

type Seen = Pick<RunStatus, 'host' | 'startedAt' | 'seconds' | 'users' | 'plannedUsers' | 'loads'>;

/** One run as its events tell it, for those who look at it now. */
export class RunView {
  readonly #run: number;
  readonly #frames = new SecondFrames(systemClock);
  #started: RunStarted | undefined;
  #second: LastSecond | undefined;
  #result: RunResult | undefined;

  /** `run`: which one of this process. */
  constructor(run: number) {
    this.#run = run;
  }

  /** How it ended; undefined before. */
  get outcome(): RunOutcome | undefined {
    if (this.#result === undefined) return undefined;
    const { state, exitCode } = this.#result;
    return { state, exitCode, text: formatVerdict(this.#result, 0).text };
  }

  /** True if there is another second to show. */
  hear(event: RunEvent, totals: RunTotals): boolean {
    if (event.type === 'run-started') this.#started = event;
    if (event.type === 'interval-closed') {
      this.#second = { event, totals };
      return true;
    }
    if (event.type !== 'run-finished') return false;
    this.#result = event.result;
    if (this.#second === undefined) return false;
    this.#second = { event: this.#second.event, totals };
    return true;
  }

  read(): Seen {
    const event = this.#second?.event;
    const isOver = this.#result !== undefined;
    const users = Object.values(event?.gauges.users ?? {}).reduce((sum, count) => sum + count, 0);
    return {
      host: this.#started?.host ?? null,
      startedAt: this.#started?.startedAt ?? null,
      seconds: event === undefined ? 0 : event.interval + 1,
      users: isOver ? 0 : users,
      plannedUsers: isOver ? 0 : (event?.plannedUsers ?? 0),
      loads: describeLoads(this.#started),
    };
  }

  readSecond(): SecondFrame | undefined {
    const last = this.#second;
    if (last === undefined) return undefined;
    last.frame ??=
      this.#result === undefined
        ? this.#frames.describe(this.#run, last.event, last.totals)
        : this.#frames.describeEnd(this.#run, last, this.#result);
    return last.frame;
  }

  /** Every name and their sum: the run so far, or what its result says. */
  readTable(): Table | undefined {
    if (this.#result !== undefined) return { rows: this.#result.requests, aggregated: this.#result.total };
    return this.#second === undefined ? undefined : readTotalTable(this.#second.event, this.#second.totals);
  }

  /** The same of the ten seconds that end with the last one that was closed. */
  readCurrentTable(): Table | undefined {
    return this.#second === undefined ? undefined : readWindowTable(this.#second.event, this.#second.totals);
  }

  /** How often tasks are wanted, by the plan. */
  readTaskRatios(): readonly KindRatio[] {
    return (this.#started && describeTaskRatios(this.#started.plan)) ?? [];
  }

  readExceptions(): readonly ExceptionCounts[] {
    return this.#second?.totals.exceptions ?? [];
  }
}

/** What is limited to iterations, or asked of a shape, is not changed from outside. */
function describeLoads(started: RunStarted | undefined): LoadStatus[] {
  return (started?.plan.revisions[0]?.loads ?? []).map((load) => {
    const isLimited = load.model === 'users' && load.iterations !== undefined;
    return { name: load.name, model: load.model, isEditable: load.executor !== 'shape' && !isLimited };
  });
}
