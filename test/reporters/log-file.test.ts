import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogFileReporter } from '../../src/reporters/log-file.js';
import { createPart, SyntheticRun, verdictOf } from '../support/run-events.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loadwright-log-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function play(level: 'info' | 'warning'): string[] {
  const path = join(folder, 'logs', 'run.log');
  const reporter = createLogFileReporter({ path, level });
  const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals)).start();
  run.tell({ type: 'log', record: { level: 'debug', message: 'hidden', source: 'worker 0' } });
  run.tell({ type: 'log', record: { level: 'info', message: 'two\nlines \u001b[2J', source: 'worker 0' } });
  run.tell({ type: 'warning', code: 'SOME_CODE', message: 'mind this' });
  run.close(0, [{ name: 'a' }]).tell({ type: 'worker-lost', share: 1, reason: 'out of memory' });
  run.finish();
  void reporter.finish?.();
  return readFileSync(path, 'utf8').split('\n');
}

test('a line for everything that was said, with time, level and source', () => {
  const lines = play('info');
  const withoutTime = lines.map((line) => line.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /, 'T '));
  expect(withoutTime).toEqual([
    'T INFO  [loadwright] run of scenario.ts started: http://127.0.0.1:8000, 2 workers',
    'T INFO  [worker 0] two',
    '    lines \\x1b[2J',
    'T WARN  [loadwright] SOME_CODE mind this',
    'T ERROR [loadwright] worker 1 was lost: out of memory',
    'T INFO  [loadwright] PASSED: completed after 1.0 s: no request failed. Exit code 0.',
    '',
  ]);
});

test('how the run ended has its thresholds, what verify found, and how the load was kept to', () => {
  const path = join(folder, 'run.log');
  const reporter = createLogFileReporter({ path, level: 'error' });
  const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals)).start();
  const part = createPart(0, [{ name: 'a' }], (tally) => {
    tally.addDropped(4);
    tally.addStartLag(12);
  });
  run.close(0, part).finish({
    exitCode: 99,
    thresholds: [
      verdictOf('http_req_duration{name:상품}', 'p(95)<20', { state: 'failed', value: 30 }),
      verdictOf('http_req_failed', 'rate<0.01', { value: 0 }),
    ],
    verifyFailures: ['the stock is -2\nat http://kim:secret@shop'],
  });
  void reporter.finish?.();
  const [first, ...more] = readFileSync(path, 'utf8').split('\n');
  expect(first).toMatch(/ERROR \[loadwright\] FAILED: .*1 of 2 thresholds failed, verify failed\. Exit code 99\.$/);
  expect(more).toEqual([
    '    ✗ http_req_duration{name:상품} p(95)<20  30 ms',
    '    ✓ http_req_failed rate<0.01  0.00 %',
    '    ✗ verify: the stock is -2',
    '    at http://***@shop',
    '    4 iterations dropped, 0 starts missed.',
    '    Start lag, actual after intended start: median 12 ms, 99% 12 ms, max 12 ms.',
    '',
  ]);
});

test('less serious lines are left out, and a second run is appended', () => {
  play('warning');
  const lines = play('warning');
  expect(lines.filter((line) => line.includes('SOME_CODE'))).toHaveLength(2);
  expect(lines.join('\n')).not.toMatch(/INFO|hidden/);
});

describe('limit', () => {
  const LIMIT_BYTES = 8_000;

  /** A run whose scenario logs so many messages. */
  function fill(messages: number, message = '한글 without end', limitBytes = LIMIT_BYTES) {
    const path = join(folder, 'run.log');
    const reporter = createLogFileReporter({ path, level: 'info', limitBytes });
    const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals)).start();
    for (let count = 0; count < messages; count++) {
      run.tell({ type: 'log', record: { level: 'info', message, source: 'worker 0' } });
    }
    run.tell({ type: 'worker-lost', share: 1, reason: 'out of memory' }).finish();
    void reporter.finish?.();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    return { path, bytes: statSync(path).size, lines };
  }

  test('a scenario that logs too much is cut off, and every line is written or counted', () => {
    const { bytes, lines } = fill(1000);
    expect(bytes).toBeLessThanOrEqual(LIMIT_BYTES);
    expect(bytes).toBeGreaterThan(LIMIT_BYTES * 0.6);
    const written = lines.filter((line) => line.includes('한글')).length;
    const texts = lines.map((line) => line.replace(/^\S+ /, ''));
    expect(texts.slice(written + 1)).toEqual([
      'WARN  [loadwright] the log of this run has reached its limit of 8.0 kB: what the scenario logs is left out from here on',
      'ERROR [loadwright] worker 1 was lost: out of memory',
      expect.stringMatching(/^(?:INFO |ERROR) \[loadwright\] (?:PASSED|FAILED): completed after/),
      `WARN  [loadwright] left out for the limit of 8.0 kB: ${1000 - written} lines`,
    ]);
  });

  test('a limit nobody reaches leaves nothing out', () => {
    const { lines } = fill(20);
    expect(lines.filter((line) => line.includes('한글'))).toHaveLength(20);
    expect(lines.join('\n')).not.toContain('limit');
  });

  test.each([0, 1, 100, 500, 1000, 2000])('no more than %i bytes, whatever the limit', (limitBytes) => {
    expect(fill(200, 'two\nlines', limitBytes).bytes).toBeLessThanOrEqual(limitBytes);
    rmSync(join(folder, 'run.log'));
    expect(fill(2, 'x'.repeat(1_000_000), limitBytes).bytes).toBeLessThanOrEqual(limitBytes);
  });

  test('counts the lines of a message, and what the escaping adds', () => {
    const { bytes, lines } = fill(300, 'one\ntwo\u0000\u0000\u0000\u0000\u0000\u0000');
    expect(bytes).toBeLessThanOrEqual(LIMIT_BYTES);
    const written = lines.filter((line) => /one$|two\\x00/.test(line)).length;
    expect(lines.at(-1)).toContain(`: ${600 - written} lines`);
  });

  test('what is short enough for the rest of the room is left out too, so that no message is torn out of its order', () => {
    const path = join(folder, 'run.log');
    const reporter = createLogFileReporter({ path, level: 'info', limitBytes: LIMIT_BYTES });
    const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals)).start();
    for (const message of ['long'.repeat(LIMIT_BYTES), 'short']) {
      run.tell({ type: 'log', record: { level: 'info', message, source: 'worker 0' } });
    }
    void reporter.finish?.();
    expect(readFileSync(path, 'utf8')).not.toContain('short');
    expect(readFileSync(path, 'utf8')).toMatch(/: 2 lines\n$/);
  });

  test('what runs before have written does not count', () => {
    appendFileSync(join(folder, 'run.log'), 'x'.repeat(LIMIT_BYTES * 2));
    expect(fill(10).lines.join('\n')).not.toContain('limit');
  });

  test('what Loadwright itself says is bounded too', () => {
    const path = join(folder, 'run.log');
    const reporter = createLogFileReporter({ path, level: 'info', limitBytes: LIMIT_BYTES });
    const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals)).start();
    for (let seconds = 1; seconds < 1000; seconds++) run.tell({ type: 'worker-silent', share: 0, seconds });
    void reporter.finish?.();
    expect(statSync(path).size).toBeLessThanOrEqual(LIMIT_BYTES);
    expect(readFileSync(path, 'utf8')).toMatch(/left out for the limit of 8\.0 kB: [\d,]+ lines\n$/);
  });
});
