import type { Bottleneck } from '../../metrics/bottlenecks/rule-table.js';
import type { LimitFinding } from '../../metrics/find-limit.js';
import type { GeneratorSummary } from '../../metrics/generator-health.js';
import type { ThresholdVerdict } from '../../metrics/judge-thresholds.js';
import type { MonitorSummary } from '../../metrics/monitors/monitor-totals.js';
import type { Table } from '../../metrics/run-totals.js';
import type { Part } from '../../metrics/tally.js';
import type { OptionValues } from '../../options/resolved-options.js';
import type { ResultBase, RunResult, StopCause, WorkerLost } from '../protocol.js';
import type { AfterLoad } from './after-load.js';
import { judgeRun } from './judge-run.js';
import type { PlannedRun } from './plan-run.js';

export interface ResultParts {
  planned: PlannedRun;
  scenario: string;
  options: Pick<OptionValues, 'exitCodeOnError' | 'failOnSaturated'>;
  startedAt: string;
  durationMs: number;
  drainMs: number;
  usersStarted: number;
  table: Table;
  part: Part;
  taskRatios?: RunResult['taskRatios'];
  warnings: { code: string; message: string }[];
  lostWorkers: WorkerLost[];
  thresholds: ThresholdVerdict[];
  generator: GeneratorSummary;
  finding: LimitFinding | undefined;
  /** Absent without monitors. */
  monitors: MonitorSummary[] | undefined;
  bottlenecks: Bottleneck[];
  /** What stopped the run; a signal may still come while `verify` works. */
  readStop(): StopCause | undefined;
  afterLoad: AfterLoad | undefined;
}

/** What a run ends with; `verify` sees it as it would be without `verify`. */
export async function createResult(parts: ResultParts): Promise<RunResult> {
  const { planned, table, part, lostWorkers, readStop, thresholds, finding, afterLoad, warnings } = parts;
  const { options, generator } = parts;
  const judge = (verifyFailures: readonly string[], hasTeardownFailed: boolean) =>
    judgeRun({
      total: table.aggregated,
      part,
      lostWorkers,
      stop: readStop(),
      thresholds,
      exitCodeOnError: options.exitCodeOnError,
      hasSaturated: options.failOnSaturated && generator.verdict === 'saturated',
      verifyFailures,
      hasTeardownFailed,
    });
  const base = (more: Pick<ResultBase, 'verifyFailures' | 'outside' | 'exitCode'>): RunResult =>
    narrow(
      {
        scenario: parts.scenario,
        host: withoutCredentials(planned.plan.kinds[0]?.host),
        startedAt: parts.startedAt,
        durationMs: parts.durationMs,
        drainMs: parts.drainMs,
        seed: planned.plan.seed,
        workers: planned.sharesThread ? 0 : planned.shares,
        usersStarted: parts.usersStarted,
        requests: table.rows,
        total: table.aggregated,
        part,
        warnings,
        lostWorkers,
        thresholds,
        generator,
        ...(finding === undefined ? {} : { finding }),
        ...(parts.monitors === undefined ? {} : { monitors: parts.monitors }),
        ...(parts.taskRatios === undefined ? {} : { taskRatios: parts.taskRatios }),
        bottlenecks: parts.bottlenecks,
        ...more,
      },
      readStop(),
    );
  const preliminary = base({ exitCode: judge([], false), outside: [] });
  if (afterLoad === undefined) return preliminary;
  const { verifyFailures, hasTeardownFailed, outside } = await afterLoad.finish(preliminary, warnings);
  const exitCode = judge(verifyFailures ?? [], hasTeardownFailed);
  return base({ exitCode, outside, ...(verifyFailures === undefined ? {} : { verifyFailures }) });
}

function narrow(base: ResultBase, stop: StopCause | undefined): RunResult {
  if (base.lostWorkers.length > 0) return { ...base, state: 'incomplete' };
  return stop === undefined || stop.by === 'lost-worker'
    ? { ...base, state: 'completed' }
    : { ...base, state: 'stopped', stop };
}

/** Events and results are stored and sent; a password in an address is for requests alone. */
export function withoutCredentials(host: string | undefined): string | undefined {
  return host?.replace(/^(\w+:\/\/)[^@/]*@/, '$1');
}
