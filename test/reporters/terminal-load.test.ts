import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { Measure } from '../../src/metrics/measure.js';
import { MeasureTotals } from '../../src/metrics/measures.js';
import type { Tally } from '../../src/metrics/tally.js';
import type { TerminalStream } from '../../src/reporters/live-area.js';
import { createTerminalReporter } from '../../src/reporters/terminal.js';
import type { StartsLoad } from '../../src/runtime/plan.js';
import { FakePipe, FakeScreen } from '../support/fake-screen.js';
import { createPart, PLAN, SyntheticRun, verdictOf } from '../support/run-events.js';

function connect(stream: TerminalStream, onlySummary = false) {
  const clock = { now: () => 0 };
  const reporter = createTerminalReporter({ stream, onlySummary, logLevel: 'info', color: false, clock });
  const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
  const finish = () => {
    void reporter.finish?.();
  };
  return { run, finish };
}

const REQUESTS = [{ name: '상품 목록', ms: 30, times: 10 }];

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
const OPEN_PLAN = { ...PLAN, revisions: [{ ...PLAN.revisions[0]!, loads: [OPEN] }] };

const FAILING = verdictOf('http_req_duration{name:상품 목록}', 'p(95)<20', { state: 'failed', value: 30 });
const PENDING = verdictOf('http_reqs', 'count>100', { state: 'pending', value: 10 });

/** A second in which the load was not kept to. */
const troubled = (tally: Tally) => {
  tally.addDropped(4);
  tally.addInterrupted();
  tally.addInterrupted();
  tally.addMissed([10, 20]);
  tally.addStartLag(340);
  for (let count = 0; count < 30; count++) tally.addIteration(20);
};

describe('the live lines', () => {
  const statusOf = (screen: FakeScreen) => {
    const lines = screen.read();
    const from = lines.findIndex((line) => line.startsWith('0:'));
    return lines.slice(
      from,
      lines.findIndex((line) => line.startsWith('Type')),
    );
  };

  test('say nothing of a load that is kept to', () => {
    const screen = new FakeScreen();
    connect(screen).run.start().close(0, REQUESTS);
    expect(statusOf(screen)).toEqual(['0:01 / 0:20 · users 10/100 · 10.0 req/s · 0 failed · 2 in flight']);
  });

  test('count what was dropped, missed and late, and name the thresholds that fail', () => {
    const screen = new FakeScreen(80, 24);
    const thresholds = [verdictOf('http_req_failed', 'rate<0.01', { value: 0 }), FAILING, PENDING];
    connect(screen)
      .run.start({ plan: OPEN_PLAN })
      .close(0, createPart(0, REQUESTS, troubled), {}, { thresholds });
    expect(statusOf(screen)).toEqual([
      '0:01 / 0:20 · users 10 · 30.0 iter/s · 10.0 req/s · 0 failed · 2 in flight',
      '4 dropped · 2 missed · start lag up to 340 ms · thresholds 1 ✓ 1 ✗ 1 …',
      '✗ http_req_duration{name:상품 목록} p(95)<20  30 ms',
    ]);
  });

  test('keep what was dropped in mind, but not how late a second was', () => {
    const screen = new FakeScreen(120, 24);
    const { run } = connect(screen);
    run
      .start({ plan: OPEN_PLAN })
      .close(0, createPart(0, REQUESTS, troubled))
      .close(1, REQUESTS);
    run.amend(
      1,
      createPart(1, [], (tally) => tally.addDropped(1)),
    );
    run.close(2, REQUESTS, {}, { isPaused: true });
    expect(statusOf(screen)).toEqual([
      '0:03 / 0:20 · paused · users 10 · 10.0 iter/s · 10.0 req/s · 0 failed · 2 in flight · 5 dropped · 2 missed',
    ]);
    run
      .reset(3)
      .amend(1, createPart(1, [], troubled))
      .close(3, REQUESTS);
    expect(statusOf(screen).at(-1)).toBe('0:04 / 0:20 · users 10 · 0.0 iter/s · 10.0 req/s · 0 failed · 2 in flight');
  });

  test('fit on a small screen, however many thresholds fail', () => {
    for (const rows of [8, 10, 14, 24]) {
      const screen = new FakeScreen(60, rows);
      const thresholds = Array.from({ length: 9 }, () => FAILING);
      const { run } = connect(screen);
      run.start().close(0, REQUESTS, {}, { thresholds }).close(1, REQUESTS, {}, { thresholds });
      const named = screen.read().filter((line) => line.startsWith('✗'));
      expect(named.length).toBe(rows === 24 ? 3 : named.length);
      expect(named.length).toBeLessThanOrEqual(3);
    }
  });

  test('go into a pipe, too', () => {
    const pipe = new FakePipe();
    const thresholds = [FAILING];
    const { run } = connect(pipe);
    run
      .start()
      .close(0, REQUESTS)
      .close(1, createPart(1, REQUESTS, troubled), {}, { thresholds });
    expect(pipe.text).toContain(
      '2 in flight · 4 dropped · 2 missed · start lag up to 340 ms · thresholds 1 ✗\n✗ http_req',
    );
  });
});

describe('the report at the end', () => {
  const measures = new MeasureTotals();
  for (const key of ['reserved', 'reserved{outcome:성공}']) {
    const measure = new Measure({ key, metric: 'reserved', type: 'counter' });
    for (let event = 0; event < 30; event++) measure.add(1, event);
    measures.merge([measure.read()]);
  }

  function report(finish: Parameters<SyntheticRun['finish']>[0] = {}, columns = 80): string[] {
    const pipe = new FakePipe(columns);
    const connected = connect(pipe, true);
    const requests = [
      { name: '상품 목록', ms: 30, times: 10 },
      { name: '상품 목록', ms: 30, lagMs: 70, times: 10 },
    ];
    connected.run.start({ plan: OPEN_PLAN });
    for (let interval = 0; interval < 15; interval++) {
      const part = createPart(interval, interval === 0 ? requests : [], interval === 0 ? troubled : undefined);
      connected.run.close(interval, interval === 0 ? { ...part, measures: measures.read() } : part);
    }
    connected.run.finish(finish);
    connected.finish();
    return pipe.lines;
  }

  const outside = new SyntheticRun().close(0, [{ name: 'setup', times: 404 }]).result().requests;
  const FULL = {
    exitCode: 99,
    thresholds: [FAILING, verdictOf('reserved{outcome:성공}', 'rate>1', { value: 2 })],
    finding: { state: 'never-broke' } as const,
    verifyFailures: ['stock of product 7 is\n-2 \u001b[2J at http://kim:secret@shop', 'twice'],
    outside,
  };

  test('has a section for everything, in this order', () => {
    const lines = report(FULL);
    const titles = lines.filter((line, index) => index > 1 && lines[index - 1] === '' && /^[A-Z]/.test(line));
    expect(titles).toEqual([
      expect.stringMatching(/^Type +Name +# reqs/),
      'Thresholds',
      'Finding',
      'Verify',
      'Response time percentiles (ms), from the intended start',
      'Service time percentiles (ms)',
      'Metrics',
    ]);
    const text = lines.join('\n');
    expect(text).toContain(
      'Thresholds\n' +
        '✗ http_req_duration{name:상품 목록} p(95)<20   30 ms\n' +
        '✓ reserved{outcome:성공} rate>1               2.00/s\n',
    );
    expect(text).toContain('Finding\nAll criteria were kept to, up to 100 users.\n');
    expect(text).toMatch(/\d+ iterations?.*, 2 more interrupted,/s);
    expect(text).toContain('Verify\n✗ stock of product 7 is -2 \\x1b[2J at http://***@shop\n✗ twice\n');
    expect(text).toContain('Metrics\nreserved          30  2.00/s\n  {outcome:성공}  30  2.00/s\n');
    expect(text).toContain(
      '4 iterations dropped, 2 starts missed.\n' +
        'Start lag, actual after intended start: median 340 ms, 99% 340 ms, max 340 ms.\n' +
        'Setup, verify and teardown sent 404 requests, counted apart: 0 failed.\n' +
        'Generator healthy: busiest worker 20 % busy, 0.40 of 2 cores; about 0.10 ms\n' +
        'added to a request (99%: 0.80 ms); 3 GC pauses, 2.0 ms at most; 0 connections\n' +
        'opened.\n' +
        'FAILED: completed after 15.0 s: 1 of 2 thresholds failed, verify failed. Exit\ncode 99.\n',
    );
  });

  test('shows response times and service times where they differ, and no second table where they do not', () => {
    const rows = report().filter((line) => line.includes('Aggregated'));
    expect(rows).toHaveLength(3);
    const [, response, service] = rows.map((row) => row.trim().split(/\s+/));
    expect([response![1], response!.at(-2)]).toEqual(['30', '100']);
    expect([service![1], service!.at(-2)]).toEqual(['30', '30']);
    const pipe = new FakePipe(80);
    const { run, finish } = connect(pipe, true);
    run.start().close(0, REQUESTS).finish();
    finish();
    expect(pipe.lines).toContain('Response time percentiles (ms)');
    expect(pipe.text).not.toContain('Service time');
  });

  test('after --reset-stats, rates are over the seconds that count', () => {
    const pipe = new FakePipe(80);
    const { run, finish } = connect(pipe, true);
    run.start();
    for (let interval = 0; interval < 4; interval++) run.close(interval, []);
    run.reset(4);
    for (let interval = 4; interval < 10; interval++) {
      run.close(interval, { ...createPart(interval, []), measures: interval === 5 ? measures.read() : [] });
    }
    run.finish();
    finish();
    expect(pipe.text).toContain('Metrics\nreserved          30  5.00/s\n');
  });

  test('says what ended the run', () => {
    const stop = { by: 'threshold', reason: 'http_req_failed rate>0.5 applied', hasFailed: true };
    const rule = verdictOf('http_req_failed', 'rate>0.5', {
      state: 'failed',
      value: 0.6,
      isAbortRule: true,
      abortOnFail: true,
      windowMs: 10_000,
    });
    const lines = report({ state: 'stopped', stop, exitCode: 99, thresholds: [rule] }, 200);
    expect(lines).toContain('✗ abort on http_req_failed rate>0.5 for 10 s  60.00 %');
    expect(lines.at(-2)).toBe(
      'FAILED: stopped by a broken limit: http_req_failed rate>0.5 applied after 15.0 s: an abort rule applied. ' +
        'Exit code 99.',
    );
  });

  test('a run that kept to its thresholds says so', () => {
    const thresholds = [verdictOf('http_reqs', 'count>1'), verdictOf('users', 'max<100')];
    expect(report({ thresholds }).at(-2)).toBe(
      'completed after 15.0 s: no request failed, 2 thresholds passed. Exit code 0.',
    );
  });

  test.each([20, 60, 80, 120])('never exceeds %i columns', (columns) => {
    for (const line of report(FULL, columns)) {
      expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      expect(line).not.toMatch(/\p{Cc}/u);
    }
  });

  test('what is long is cut: verify failures, and what was not counted is not shown', () => {
    const verifyFailures = Array.from({ length: 25 }, (_, index) => `wrong ${index}`);
    const lines = report({ verifyFailures, exitCode: 99 });
    expect(lines).toContain('✗ wrong 19');
    expect(lines).toContain('… and 5 more failures');
    expect(lines.join('\n')).not.toMatch(/Thresholds|Finding|Setup, verify/);
  });
});
