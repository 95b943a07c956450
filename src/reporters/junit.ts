import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunEvent, RunResult, RunStarted } from '../runtime/protocol.js';
import { escapeXml } from './escape-xml.js';
import { type JunitCase, type JunitSuite, listJunitSuites } from './junit-cases.js';
import { LiveCounts } from './live-counts.js';
import type { Reporter } from './reporter.js';

export interface JunitOptions {
  /** The file to write; what was there is replaced, and its folder is made. */
  path: string;
}

/**
 * Writes a run as JUnit XML (`--junit`), which CI systems show as tests: a case for each load, threshold and check, and
 * one for `verify`. Times are seconds; a failure's message holds what was measured.
 *
 * What people get wrong: a check that failed once is a failed case, while the exit code of the run looks at checks only
 * where a threshold does. Requests are not counted by load, so failed ones are said of every load.
 *
 * The file is written when the run has finished; a run that was killed leaves none, and `loadwright report` makes it from
 * the recording.
 *
 * @example
 * ```ts
 * import { createJunitReporter, run } from 'loadwright/node';
 * await run({ script: './stock.ts', reporters: [createJunitReporter({ path: 'results/junit.xml' })] });
 * ```
 */
export function createJunitReporter({ path }: JunitOptions): Reporter {
  const counts = new LiveCounts();
  let started: RunStarted | undefined;
  let result: RunResult | undefined;
  return {
    name: 'JUnit',
    onEvent(event: RunEvent) {
      if (event.type === 'run-started') {
        started = event;
        counts.start(event);
      }
      if (event.type === 'run-finished') result = event.result;
    },
    finish() {
      if (started === undefined || result === undefined) return;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, formatJunit(result, started, counts));
    },
  };
}

function formatJunit(result: RunResult, started: RunStarted, counts: LiveCounts): string {
  counts.learnTypes(result.part);
  const suites = listJunitSuites(result, started, counts.typeOf);
  const all = suites.flatMap(({ cases }) => cases);
  const seconds = result.durationMs / 1000;
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: result.scenario, ...countCases(all), time: seconds.toFixed(3) })}>`,
    ...suites.flatMap((suite) => formatSuite(suite, result)),
    '</testsuites>',
  ].join('\n')}\n`;
}

function formatSuite({ name, cases }: JunitSuite, { scenario, startedAt }: RunResult): string[] {
  const time = Math.max(0, ...cases.map(({ seconds }) => seconds)).toFixed(3);
  return [
    `  <testsuite ${attributes({ name, ...countCases(cases), time, timestamp: startedAt.replace(/Z$/, '') })}>`,
    ...cases.flatMap((one) => formatCase(one, `${scenario}.${name}`)),
    '  </testsuite>',
  ];
}

function formatCase({ name, seconds, failure, error, isSkipped }: JunitCase, classname: string): string[] {
  const inside = (['failure', 'error'] as const).flatMap((kind) => {
    const problem = { failure, error }[kind];
    if (problem === undefined) return [];
    const { type, message } = problem;
    return [`      <${kind} ${attributes({ type, message })}>${escapeXml(message)}</${kind}>`];
  });
  const skipped = isSkipped === true ? ['      <skipped/>'] : [];
  const open = `    <testcase ${attributes({ name, classname, time: seconds.toFixed(3) })}`;
  if (inside.length + skipped.length === 0) return [`${open}/>`];
  return [`${open}>`, ...inside, ...skipped, '    </testcase>'];
}

/** A case counts once: as an error, or else as a failure. */
function countCases(cases: readonly JunitCase[]): Record<string, string> {
  const count = (isOne: (one: JunitCase) => boolean) => String(cases.filter(isOne).length);
  return {
    tests: String(cases.length),
    failures: count(({ failure, error }) => failure !== undefined && error === undefined),
    errors: count(({ error }) => error !== undefined),
    skipped: count(({ isSkipped }) => isSkipped === true),
  };
}

function attributes(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escapeXml(value)}"`)
    .join(' ');
}
