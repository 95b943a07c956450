import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogFileReporter } from '../../src/reporters/log-file.js';
import { SyntheticRun } from '../support/run-events.js';

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
    'T INFO  [loadwright] completed after 1.0 s: no request failed. Exit code 0.',
    '',
  ]);
});

test('less serious lines are left out, and a second run is appended', () => {
  play('warning');
  const lines = play('warning');
  expect(lines.filter((line) => line.includes('SOME_CODE'))).toHaveLength(2);
  expect(lines.join('\n')).not.toMatch(/INFO|hidden/);
});
