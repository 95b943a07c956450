import { describe, expect, test } from 'vitest';
import type { TerminalStream } from '../../src/reporters/live-area.js';
import { createTerminalReporter, type TerminalOptions } from '../../src/reporters/terminal.js';
import { FakePipe, FakeScreen } from '../support/fake-screen.js';
import { SyntheticRun } from '../support/run-events.js';

function connect(stream: TerminalStream, changes: Partial<TerminalOptions> = {}) {
  const clock = { nowMs: 0, now: () => clock.nowMs };
  const isDrawn = stream.isTTY === true;
  const options = { stream, isDrawn, onlySummary: false, logLevel: 'info', color: false, clock, ...changes } as const;
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
    expect(lines.slice(5, 10)).toEqual([
      '0:03 / 0:20 ━━━━━━━━────────────────────────────────────────────────── 0:17 left',
      'users 10/100        req/s 15.0          failed 0             in flight 2',
      'p50   30 ms         p95   30 ms         p99    30 ms         generator healthy',
      'req/s ███ max 15',
      'p95   ███ max 30 ms',
    ]);
    expect(lines.filter((line) => line.includes('Aggregated'))).toHaveLength(1);
    expect(lines.find((line) => line.includes('02_product_list'))).toMatch(/ 30 +0\(0\.00%\) /);
    expect(lines).toHaveLength(18);
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
    const text = screen.read().join('\n');
    expect(text).toMatch(/req\/s 7\.5 +failed 0 +in flight 40\n.*\noldest in flight 1\.6 s\n/);
    expect(text).toContain('\nreq/s █▁ max 15\np95   █ ');
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

  test('another size is drawn for at once, and nothing is left of the old one', () => {
    const screen = new FakeScreen(100, 40);
    const { run, finish } = connect(screen);
    run.start().close(0, REQUESTS).close(1, REQUESTS);
    for (const columns of [60, 40, 90]) {
      screen.resize(columns);
      const lines = screen.read();
      expect(lines.filter((line) => line.includes('0:02 / 0:20'))).toHaveLength(1);
      expect(lines.filter((line) => line.includes('Aggregated'))).toHaveLength(1);
      for (const line of lines.slice(2)) expect(line.length).toBeLessThanOrEqual(columns);
      expect(lines.find((line) => line.includes('━'))).toHaveLength(columns);
    }
    run.finish();
    finish();
    expect(screen.listeners).toBe(0);
  });

  test('what happens to the size after the end moves nothing', () => {
    const screen = new FakeScreen(100, 60);
    const { run } = connect(screen);
    run.start().close(0, REQUESTS).finish();
    const before = screen.raw;
    screen.resize(120);
    expect(screen.raw).toBe(before);
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
