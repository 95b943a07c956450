import { OPTION_NAMES } from '../options/option-table.js';
import { formatFinding } from '../reporters/format/format-finding.js';
import { formatLoadFigures, formatOutside } from '../reporters/format/format-load-figures.js';
import { formatCount, formatPlural } from '../reporters/format/format-number.js';
import { describeLoad, describeOne } from '../reporters/format/format-run-lines.js';
import { formatThresholdCells } from '../reporters/format/format-thresholds.js';
import { exitCodeWithReports, formatVerdict } from '../reporters/format/format-verdict.js';
import type { LiveCounts } from '../reporters/live-counts.js';
import { hasOpenLoads } from '../runtime/load/describe-load.js';
import type { RunResult, RunStarted } from '../runtime/protocol.js';
import type { PageData, PageEnvironment, PageRun, PageVerdict } from './page-data.js';

export interface RunParts {
  started: RunStarted;
  /** Of the run, or of what there is of it so far. */
  result: RunResult;
  isRunning: boolean;
  counts: Pick<LiveCounts, 'mostUsers' | 'countedFromMs' | 'typeOf'>;
  /** Reports that could not be written. */
  failedReports: number;
}

export function describeRun({ started, result, counts }: RunParts): PageRun {
  const { plan, workers, version } = started;
  const { iterations } = result.part;
  return {
    scenario: result.scenario,
    host: result.host,
    startedAt: result.startedAt,
    durationMs: result.durationMs,
    drainMs: result.drainMs,
    load: describeLoad(plan),
    workers: workers === 0 ? 'in this process' : formatPlural(workers, 'worker'),
    seed: plan.seed,
    version,
    usersStarted: result.usersStarted,
    mostUsers: counts.mostUsers,
    iterations: iterations.count,
    meanIterationMs: iterations.count === 0 ? undefined : iterations.totalMs / iterations.count,
    hasOpenLoads: hasOpenLoads(plan),
    countedFromSecond: counts.countedFromMs / 1000,
  };
}

export function describeVerdict({ result, isRunning, failedReports }: RunParts): PageVerdict {
  if (isRunning) return { state: 'running', text: '' };
  const { sentence } = formatVerdict(result, failedReports);
  return { state: stateOf(result, failedReports), text: sentence };
}

function stateOf(result: RunResult, failedReports: number): PageVerdict['state'] {
  if (result.state === 'incomplete') return 'incomplete';
  return exitCodeWithReports(result.exitCode, failedReports) === 0 ? 'passed' : 'failed';
}

/** How limits were kept, what the target bore, and where the load was another one than planned. */
export function describeJudgement({
  started,
  result,
  counts,
}: RunParts): Pick<PageData, 'thresholds' | 'finding' | 'bottlenecks' | 'verifyFailures' | 'notes'> {
  const { finding, thresholds, durationMs, verifyFailures, part, outside } = result;
  const { mostUsers, typeOf } = counts;
  return {
    thresholds: thresholds.map((verdict) => formatThresholdCells(verdict, typeOf)),
    finding: finding === undefined ? [] : formatFinding(finding, { mostUsers, durationMs, typeOf }),
    bottlenecks: result.bottlenecks ?? [],
    ...(verifyFailures === undefined ? {} : { verifyFailures }),
    notes: [
      ...describeInterrupted(result),
      ...formatLoadFigures(part, hasOpenLoads(started.plan)),
      ...formatOutside(outside),
    ],
  };
}

function describeInterrupted({ total: { interrupted } }: RunResult): string[] {
  if (interrupted === 0) return [];
  const verb = interrupted === 1 ? 'was' : 'were';
  return [`${formatPlural(interrupted, 'request')} ${verb} still unanswered at the end, and counted as neither.`];
}

export function describeEnvironment({ started }: RunParts): PageEnvironment {
  const { options, machine, version, plan } = started;
  const loads = plan.revisions[0]?.loads ?? [];
  return {
    options: OPTION_NAMES.flatMap((name) => {
      const record = options[name];
      return record === undefined ? [] : [{ name, text: record.text, layer: record.layer, origin: record.origin }];
    }),
    machine,
    version,
    kinds: plan.kinds.map(({ name, weight, fixedCount, host }) => ({
      name,
      picked: fixedCount === undefined ? `weight ${formatCount(weight)}` : formatPlural(fixedCount, 'user'),
      host,
    })),
    loads: loads.map((load) => ({ name: load.name, text: describeOne(load, false) })),
  };
}
