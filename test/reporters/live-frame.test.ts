import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Part, Tally } from '../../src/metrics/tally.js';
import { createTerminalReporter } from '../../src/reporters/terminal.js';
import { FakePipe, FakeScreen } from '../support/fake-screen.js';
import { generatorHealth } from '../support/generator-health.js';
import { createPart, SyntheticRun, type ToldRequest, verdictOf } from '../support/run-events.js';
import { connect, OPEN_PLAN, OPTIONS, REQUESTS } from '../support/terminal-run.js';

const FAILING = verdictOf('http_req_duration{name:상품 목록}', 'p(95)<20', { state: 'failed', value: 30 });
const PENDING = verdictOf('http_reqs', 'count>100', { state: 'pending', value: 10 });

/** A second in which the load was not kept to. */
const troubled = (tally: Tally) => {
  tally.addDropped(4);
  tally.addMissed([10, 20]);
  tally.addStartLag(340);
  for (let count = 0; count < 30; count++) tally.addIteration(20);
};

describe('the live lines', () => {
  const isTitle = (line: string) => line.startsWith('Type') || line.startsWith('Name');
  const statusOf = (screen: FakeScreen) => {
    const lines = screen.read();
    return lines.slice(
      lines.findIndex((line) => line.startsWith('0:')),
      lines.findIndex(isTitle),
    );
  };

  test('say nothing more of a load that is kept to', () => {
    const screen = new FakeScreen();
    connect(screen).run.start().close(0, REQUESTS);
    expect(statusOf(screen).slice(1)).toEqual([
      'users 10/100        req/s 10.0          failed 0             in flight 2',
      'p50   30 ms         p95   30 ms         p99    30 ms         generator healthy',
      'req/s █ max 10',
      'p95   █ max 30 ms',
      '',
    ]);
  });

  test('count what was dropped, missed and late, and show how each threshold stands, failing ones first', () => {
    const screen = new FakeScreen(80, 24);
    const thresholds = [PENDING, verdictOf('http_req_failed', 'rate<0.01', { value: 0 }), FAILING];
    connect(screen)
      .run.start({ plan: OPEN_PLAN })
      .close(0, createPart(0, REQUESTS, troubled), {}, { thresholds });
    expect(statusOf(screen).slice(1)).toEqual([
      'users  10            iter/s    30.0          req/s     10.0',
      'failed 0             in flight 2             p50       30 ms',
      'p95    30 ms         p99       30 ms         generator healthy',
      '4 dropped · 2 missed · start lag up to 340 ms',
      'req/s █ max 10',
      'p95   █ max 30 ms',
      '',
      '✗ http_req_duration{name:상품 목록} p(95)<20   30 ms',
      '○ http_reqs count>100                             10',
      '✓ http_req_failed rate<0.01                   0.00 %',
      '',
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
    expect(statusOf(screen)[0]).toMatch(/^0:03 \/ 0:20 ━+─+ paused, 0:18 left$/);
    expect(statusOf(screen)).toContain('5 dropped · 2 missed');
    run
      .reset(3)
      .amend(1, createPart(1, [], troubled))
      .close(3, REQUESTS);
    const text = statusOf(screen).join('\n');
    expect(text).toMatch(/iter\/s +0\.0/);
    expect(text).not.toMatch(/dropped|missed|lag/);
  });

  test('say by colour how it goes', () => {
    const barOf = (part: Part, changes: Parameters<SyntheticRun['close']>[3] = {}) => {
      const screen = new FakeScreen();
      const reporter = createTerminalReporter({ ...OPTIONS, stream: screen, isDrawn: true, color: true });
      const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
      run.start().close(9, part, {}, changes);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one.
      return /\x1b\[(\d+)m━/.exec(screen.raw)?.[1];
    };
    const well = createPart(9, REQUESTS);
    expect(barOf(well)).toBe('32');
    expect(barOf(createPart(9, [{ name: 'a', error: 'no' }]))).toBe('33');
    expect(barOf(well, { generator: generatorHealth({ verdict: 'strained' }) })).toBe('33');
    expect(barOf(well, { thresholds: [FAILING] })).toBe('31');
  });

  test.each([40, 60, 80, 120])('fit on any screen of %i columns, whatever goes wrong', (columns) => {
    const many = Array.from({ length: 30 }, (_, index) => ({
      name: `상품 ${index}`,
      ms: 30,
      times: 2,
      error: index % 2 === 0 ? `no answer ${index}` : undefined,
    })) as ToldRequest[];
    const reason = { sign: 'silent', message: 'worker 0 did not report', advice: 'no loops' } as const;
    const generator = generatorHealth({ verdict: 'saturated', reasons: [reason] });
    for (const rows of [8, 10, 14, 24, 60]) {
      const screen = new FakeScreen(columns, rows);
      const { run } = connect(screen);
      const thresholds = [...Array.from({ length: 9 }, () => FAILING), PENDING];
      run.start();
      for (let interval = 0; interval < 3; interval++) {
        run.close(interval, createPart(interval, many, troubled), {}, { thresholds, generator });
      }
      const lines = screen.read();
      const frame = lines.slice(lines.findIndex((line) => line.startsWith('0:03')));
      expect(frame.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      const named = frame.filter((line) => line.startsWith('✗')).length;
      const isTableShown = frame.some((line) => line.includes('Aggregated'));
      if (rows < 24) continue;
      expect(named).toBeGreaterThan(0);
      expect(isTableShown).toBe(true);
      if (rows === 60) expect(frame.filter((line) => / × GET 상품/.test(line))).toHaveLength(3);
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
      '0:02 / 0:20, 0:18 left · users 10/100 · 10.0 req/s · 0 failed · p50 30 p95 30 p99 30 ms · 2 in flight · ' +
        '4 dropped · 2 missed · start lag up to 340 ms\ngenerator healthy · thresholds 1 ✗\n✗ http_req',
    );
  });
});
