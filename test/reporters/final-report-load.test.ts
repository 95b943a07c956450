import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { Measure } from '../../src/metrics/measure.js';
import { MeasureTotals } from '../../src/metrics/measures.js';
import type { Tally } from '../../src/metrics/tally.js';
import { FakePipe, FakeScreen } from '../support/fake-screen.js';
import { createPart, SyntheticRun, verdictOf } from '../support/run-events.js';
import { connect, OPEN_PLAN, REQUESTS } from '../support/terminal-run.js';

const FAILING = verdictOf('http_req_duration{name:상품 목록}', 'p(95)<20', { state: 'failed', value: 30 });

/** A second in which the load was not kept to. */
const troubled = (tally: Tally) => {
  tally.addDropped(4);
  tally.addInterrupted();
  tally.addInterrupted();
  tally.addMissed([10, 20]);
  tally.addStartLag(340);
  for (let count = 0; count < 30; count++) tally.addIteration(20);
};

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
      expect.stringMatching(/^FAILED: completed/),
      'Thresholds',
      'Finding',
      'Verify',
      'Requests (times in ms)',
      'Response time percentiles (ms), from the intended start',
      'Service time percentiles (ms)',
      'Metrics',
      'Run',
      'Generator: healthy',
    ]);
    const text = lines.join('\n');
    expect(text).toContain(
      'Thresholds\n' +
        '✗ http_req_duration{name:상품 목록} p(95)<20   30 ms\n' +
        '✓ reserved{outcome:성공} rate>1               2.00/s\n',
    );
    expect(text).toContain('Finding\nAll criteria were kept to, up to 100 users.\n');
    expect(text).toContain('Verify\n✗ stock of product 7 is -2 \\x1b[2J at http://***@shop\n✗ twice\n');
    expect(text).toContain('Metrics\nreserved          30  2.00/s\n  {outcome:성공}  30  2.00/s\n');
    expect(text).toContain(
      '\nFAILED: completed after 15.0 s: 1 of 2 thresholds failed, verify failed. Exit\ncode 99.\n' +
        '20 requests · 1.3/s · p50 30 · p95 100 · p99 100 ms\n\nThresholds\n',
    );
    expect(text).toContain(
      '\nRun\n' +
        'users        100 started\n' +
        'iterations   30, 20 ms on average; 2 more interrupted\n' +
        'starts       4 dropped, 2 missed; late by 340 ms (median), 340 ms (99%), 340 ms\n' +
        '             (max)\n' +
        'transferred  2.0 kB received, 200 B sent\n' +
        'apart        404 requests of setup, verify and teardown, 0 failed\n' +
        '\nGenerator: healthy\n' +
        'workers      the busiest was busy 20 % of the time; 0.40 of 2 cores used\n' +
        'added        about 0.10 ms to a request on average, 0.80 ms at 99%\n' +
        'garbage      3 pauses, 2.0 ms at most\n' +
        'connections  0 opened\n',
    );
  });

  test('is said in brief below, too, where it is longer than the screen', () => {
    const endOf = (rows: number) => {
      const screen = new FakeScreen(100, rows);
      const { run, finish } = connect(screen);
      run.start().close(0, REQUESTS).finish();
      finish();
      return screen.read().at(-2);
    };
    expect(endOf(24)).toBe('PASSED: completed after 1.0 s: no request failed. Exit code 0.');
    expect(endOf(60)).toBe('');
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
    expect(lines).toContain(
      'FAILED: stopped by a broken limit: http_req_failed rate>0.5 applied after 15.0 s: an abort rule applied. ' +
        'Exit code 99.',
    );
  });

  test('a run that kept to its thresholds says so', () => {
    const thresholds = [verdictOf('http_reqs', 'count>1'), verdictOf('users', 'max<100')];
    expect(report({ thresholds }, 90)).toContain(
      'PASSED: completed after 15.0 s: no request failed, 2 thresholds passed. Exit code 0.',
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
