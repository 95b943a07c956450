import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Tally } from '../../src/metrics/tally.js';
import { isColorWanted } from '../../src/reporters/color.js';
import type { TerminalStream } from '../../src/reporters/live-area.js';
import { createTerminalReporter, type TerminalOptions } from '../../src/reporters/terminal.js';
import { FakePipe, FakeScreen } from '../support/fake-screen.js';
import { createPart, SyntheticRun } from '../support/run-events.js';

function connect(stream: TerminalStream, changes: Partial<TerminalOptions> = {}) {
  const clock = { nowMs: 0, now: () => clock.nowMs };
  const options = { stream, onlySummary: false, logLevel: 'info', color: false, clock, ...changes } as const;
  const reporter = createTerminalReporter(options);
  const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
  const finish = () => {
    void reporter.finish?.();
  };
  return { run, clock, finish };
}

const log = (message: string, source = 'worker 1') =>
  ({ type: 'log', record: { level: 'info', message, source } }) as const;

const REQUESTS = [
  { name: '01_jwt_auth', method: 'POST', ms: 12, times: 5 },
  { name: '02_product_list', ms: 30, times: 10 },
];

describe('on a terminal', () => {
  test('the table is drawn in place, and logs go past above it', () => {
    const screen = new FakeScreen(80, 24);
    const { run } = connect(screen);
    run.start().close(0, REQUESTS).tell(log('first\nsecond')).close(1, REQUESTS).tell(log('third')).close(2, REQUESTS);
    const lines = screen.read();
    expect(lines.slice(0, 5)).toEqual([
      'Loadwright 0.1.0 · scenario.ts → http://127.0.0.1:8000',
      '100 users at 20/s · 20.0 s · 2 workers · seed 7',
      '[worker 1] first',
      '[worker 1] second',
      '[worker 1] third',
    ]);
    expect(lines[5]).toBe('0:03 / 0:20 · users 10/100 · 15.0 req/s · 0 failed · 2 in flight');
    expect(lines.filter((line) => line.includes('Aggregated'))).toHaveLength(1);
    expect(lines.find((line) => line.includes('02_product_list'))).toMatch(/ 30 +0\(0\.00%\) /);
    expect(lines).toHaveLength(13);
  });

  test('rates are of the last ten seconds, counts and times of the whole run', () => {
    const screen = new FakeScreen(120, 24);
    const { run } = connect(screen);
    run.start();
    for (let interval = 0; interval < 12; interval++) run.close(interval, interval < 7 ? REQUESTS : []);
    const row = screen.read().find((line) => line.includes('02_product_list'));
    // Seconds 2 to 11 are in the window: five with ten requests, five with none.
    expect(row).toMatch(/ 70 +0\(0\.00%\) \| +30 +30 +30 +30 \| +5\.00 +0\.00$/);
  });

  test('a target that has stopped answering shows', () => {
    const screen = new FakeScreen();
    const { run } = connect(screen);
    run.start().close(0, REQUESTS).close(1, [], { inFlight: 40, oldestInFlightMs: 1600 });
    expect(screen.read().join('\n')).toContain('7.5 req/s · 0 failed · 40 in flight, oldest 1.6 s');
  });

  test('a hundred names fit on the screen: the busiest are shown, and how many are not', () => {
    const screen = new FakeScreen(80, 24);
    const { run } = connect(screen);
    const many = Array.from({ length: 100 }, (_, index) => ({ name: `name ${index}`, times: index + 1 }));
    run.start().close(0, many).close(1, many);
    const text = screen.read().join('\n');
    expect(text).toContain('name 99 ');
    expect(text).not.toContain('name 5 ');
    expect(text).toMatch(/… and 8\d more names/);
  });

  test('what is logged too fast is counted instead of printed', () => {
    const screen = new FakeScreen();
    const { run, clock } = connect(screen);
    run.start();
    for (let line = 0; line < 5000; line++) run.tell(log(`line ${line}`));
    clock.nowMs = 1000;
    run.close(0, REQUESTS).tell(log('afterwards'));
    const lines = screen.read();
    expect(lines.filter((line) => line.includes('] line '))).toHaveLength(1000);
    expect(lines).toContain('… 4,000 log lines not shown: too many a second');
    expect(lines).toContain('[worker 1] afterwards');
  });

  test('after the end only the report is left', () => {
    const screen = new FakeScreen();
    const { run, finish } = connect(screen);
    run.start().close(0, REQUESTS).finish();
    finish();
    const text = screen.read().join('\n');
    expect(text).not.toContain('in flight');
    expect(text.match(/Aggregated/g)).toHaveLength(2);
  });

  test('a run that ends without a result leaves no live table behind', () => {
    const screen = new FakeScreen();
    const { run, finish } = connect(screen);
    run.start().close(0, REQUESTS);
    finish();
    expect(screen.read().join('\n')).not.toContain('Aggregated');
  });
});

describe('into a pipe', () => {
  test('a plain table every two seconds, without any control sequence', () => {
    const pipe = new FakePipe();
    const { run } = connect(pipe);
    run.start();
    for (let interval = 0; interval < 5; interval++) run.close(interval, REQUESTS);
    expect(pipe.lines.filter((line) => line.startsWith('Type     Name'))).toHaveLength(2);
    expect(pipe.text).not.toContain('\x1b');
  });

  test('--only-summary prints the report, warnings and logs, and no tables before', () => {
    for (const stream of [new FakePipe(80), Object.assign(new FakePipe(80), { isTTY: true })]) {
      const { run, finish } = connect(stream, { onlySummary: true });
      run.start();
      for (let interval = 0; interval < 4; interval++) run.close(interval, REQUESTS);
      run.tell(log('said')).tell({ type: 'warning', code: 'SOME_CODE', message: 'mind this' });
      expect(stream.text).not.toContain('Aggregated');
      expect(stream.text).toMatch(/said\nSOME_CODE {2}mind this\n$/);
      run.finish();
      finish();
      expect(stream.text.match(/Aggregated/g)).toHaveLength(2);
    }
  });

  test('logs below the level asked for are left out', () => {
    const pipe = new FakePipe();
    const { run } = connect(pipe, { logLevel: 'warning' });
    run.tell(log('quiet')).tell({ type: 'log', record: { level: 'error', message: 'loud', source: 'loadwright' } });
    expect(pipe.text).toBe('error loud\n');
  });
});

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
      return pipe.lines.at(-2);
    };
    expect(verdictOf({})).toBe('completed after 1.0 s: no request failed. Exit code 0.');
    expect(verdictOf({ state: 'stopped', stop: { by: 'signal', signal: 'SIGINT', reason: '' }, exitCode: 130 })).toBe(
      'FAILED: stopped by Ctrl-C after 1.0 s: no request failed. Exit code 130.',
    );
    expect(
      verdictOf({ state: 'stopped', stop: { by: 'script', reason: 'enough\u001b', hasFailed: false }, exitCode: 0 }),
    ).toBe('stopped by the scenario: enough\\x1b after 1.0 s: no request failed. Exit code 0.');
  });

  test('a report that could not be written changes the exit code it names', () => {
    const pipe = new FakePipe(200);
    const { run, finish } = connect(pipe, { onlySummary: true });
    run.start().close(0, REQUESTS).finish();
    run.tell({ type: 'warning', code: 'ERR_REPORT_FAILED', message: 'The CSV report failed: no space' });
    finish();
    expect(pipe.lines.at(-2)).toBe('FAILED: completed after 1.0 s: 1 report could not be written. Exit code 5.');
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

test('colour: for terminals, unless the environment says otherwise', () => {
  expect(isColorWanted({ isTTY: true }, {})).toBe(true);
  expect(isColorWanted({}, {})).toBe(false);
  expect(isColorWanted({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
  expect(isColorWanted({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
  expect(isColorWanted({}, { FORCE_COLOR: '1' })).toBe(true);
  const screen = new FakeScreen();
  const { run } = connect(screen, { color: true });
  run.start().close(0, REQUESTS);
  expect(screen.raw).toContain('\x1b[32m');
  expect(screen.read().join('\n')).toContain('02_product_list');
});
