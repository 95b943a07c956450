import type { TerminalStream } from '../../src/reporters/live-area.js';
import { createTerminalReporter } from '../../src/reporters/terminal.js';
import type { StartsLoad } from '../../src/runtime/plan.js';
import { PLAN, SyntheticRun } from './run-events.js';

export const OPTIONS = { onlySummary: false, logLevel: 'info', color: false, clock: { now: () => 0 } } as const;

/** A terminal reporter that writes to `stream`, and a run to tell it. */
export function connect(stream: TerminalStream, onlySummary = false) {
  const reporter = createTerminalReporter({ ...OPTIONS, stream, isDrawn: stream.isTTY === true, onlySummary });
  const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
  const finish = () => {
    void reporter.finish?.();
  };
  return { run, finish };
}

export const REQUESTS = [{ name: '상품 목록', ms: 30, times: 10 }];

const OPEN: StartsLoad = {
  name: 'open',
  executor: 'constant-arrival-rate',
  model: 'starts',
  startAtMs: 0,
  kinds: [0],
  line: [{ fromMs: 0, toMs: 20_000, from: 50, to: 50 }],
  endMs: 20_000,
  gracefulStopMs: 0,
  preAllocatedUsers: 5,
  maxUsers: 8,
  env: {},
  labels: {},
};
export const OPEN_PLAN = { ...PLAN, revisions: [{ ...PLAN.revisions[0]!, loads: [OPEN] }] };
