import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Tally } from '../../src/metrics/tally.js';
import type { TerminalStream } from '../../src/reporters/live-area.js';
import { createTerminalReporter, type TerminalOptions } from '../../src/reporters/terminal.js';
import { FakePipe } from '../support/fake-screen.js';
import { createPart, SyntheticRun } from '../support/run-events.js';

function connect(stream: TerminalStream, changes: Partial<TerminalOptions> = {}) {
  const clock = { now: () => 0 };
  const isDrawn = stream.isTTY === true;
  const options = { stream, isDrawn, onlySummary: false, logLevel: 'info', color: false, clock, ...changes } as const;
  const reporter = createTerminalReporter(options);
  const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
  const finish = () => {
    void reporter.finish?.();
  };
  return { run, finish };
}

const log = (message: string, source = 'worker 1') =>
  ({ type: 'log', record: { level: 'info', message, source } }) as const;

const REQUESTS = [
  { name: '01_jwt_auth', method: 'POST', ms: 12, times: 5 },
  { name: '02_product_list', ms: 30, times: 10 },
];

describe('the report at the end', () => {
  function report(finish: Parameters<SyntheticRun['finish']>[0] = {}, columns = 80): string[] {
    const pipe = new FakePipe(columns);
    const connected = connect(pipe, { onlySummary: true });
    const requests = [
      ...REQUESTS,
      { name: '상품 상세', ms: 4.2, times: 3 },
      { name: 'broken', error: `bad \u001b[2J "json", \n${'x'.repeat(10_000)}`, times: 2, status: 500 },
    ];
    const more = (tally: Tally) => {
      tally.addCheck({ name: 'has a token', passes: 12, failures: 1 });
      tally.addGroup('checkout', 45);
      tally.addIteration(50);
      tally.requests.addBegun('GET', '상품 상세');
      tally.requests.addInterrupted('GET', '상품 상세');
      tally.addException({
        message: 'TypeError: no id',
        traceback: 'TypeError: no id\n    at StockUser.reserve (scenario.ts:31:5)\u001b[2J',
        nodes: ['worker 0', 'worker 1'],
        count: 2,
        firstSeenMs: 100,
        lastSeenMs: 200,
      });
    };
    connected.run
      .start()
      .close(0, createPart(0, requests, more))
      .finish(finish);
    connected.finish();
    return pipe.lines;
  }

  test('names everything that went wrong', () => {
    const lostWorkers = [
      { type: 'worker-lost', share: 1, reason: 'out of memory', kind: 'StockUser', task: 'reserve' },
    ] as const;
    const text = report({
      lostWorkers: [...lostWorkers],
      warnings: [{ code: 'NAMES_FOLDED', message: 'too many names' }],
      state: 'incomplete',
      exitCode: 5,
    }).join('\n');
    expect(text).toMatch(/has a token +12 +1 +92\.30%/);
    expect(text).toMatch(/checkout +1 \| +45/);
    expect(text).toContain('2             GET broken: bad \\x1b[2J "json", \\n');
    expect(text).toContain(
      '2 × TypeError: no id (worker 0, worker 1)\n      at StockUser.reserve (scenario.ts:31:5)\\x1b[2J',
    );
    expect(text).toContain('1 request was still unanswered at the end.');
    expect(text).toContain('  1 × GET 상품 상세');
    expect(text).toContain('worker 1 in StockUser > reserve: out of memory');
    expect(text).toContain('NAMES_FOLDED  too many names');
    expect(text.replaceAll('\n', ' ')).toContain(
      'FAILED: incomplete after 1.0 s: 1 worker was lost and numbers are missing, 2 of 20 requests failed (10.00 %), ' +
        '2 exceptions thrown by tasks. Exit code 5.',
    );
  });

  test.each([20, 40, 80, 100])('never exceeds %i columns and prints no control character', (columns) => {
    for (const line of report({}, columns)) {
      expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      expect(line).not.toMatch(/\p{Cc}/u);
    }
  });

  test('says who stopped the run, and that a clean run is clean', () => {
    const verdictOf = (changes: Parameters<SyntheticRun['finish']>[0]) => {
      const pipe = new FakePipe(200);
      const { run, finish } = connect(pipe, { onlySummary: true });
      run.start().close(0, REQUESTS).finish(changes);
      finish();
      return pipe.lines[3];
    };
    expect(verdictOf({})).toBe('PASSED: completed after 1.0 s: no request failed. Exit code 0.');
    expect(verdictOf({ state: 'stopped', stop: { by: 'signal', signal: 'SIGINT', reason: '' }, exitCode: 130 })).toBe(
      'FAILED: stopped by Ctrl-C after 1.0 s: no request failed. Exit code 130.',
    );
    expect(
      verdictOf({ state: 'stopped', stop: { by: 'script', reason: 'enough\u001b', hasFailed: false }, exitCode: 0 }),
    ).toBe('PASSED: stopped by the scenario: enough\\x1b after 1.0 s: no request failed. Exit code 0.');
  });

  test('a report that could not be written changes the exit code it names', () => {
    const pipe = new FakePipe(200);
    const { run, finish } = connect(pipe, { onlySummary: true });
    run.start().close(0, REQUESTS).finish();
    run.tell({ type: 'warning', code: 'ERR_REPORT_FAILED', message: 'The CSV report failed: no space' });
    finish();
    expect(pipe.lines).toContain('FAILED: completed after 1.0 s: 1 report could not be written. Exit code 5.');
  });

  test('passwords in URLs are not shown', () => {
    const pipe = new FakePipe(200);
    const { run, finish } = connect(pipe);
    run.start({ host: 'http://kim:secret@127.0.0.1:8000' });
    run.tell(log('proxy http://kim:secret@proxy:1 said no'));
    run.close(0, [{ name: 'a', error: 'refused by http://kim:secret@127.0.0.1:8000/a' }]).finish();
    finish();
    expect(pipe.text).not.toContain('secret');
    expect(pipe.text).toContain('http://***@127.0.0.1:8000');
  });
});
