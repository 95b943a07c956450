import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { killRun } from '../support/kill-run.js';
import { parseCsvTable } from '../support/parse-csv.js';
import { runCli } from '../support/spawn-cli.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer('arrivals');
});
afterAll(() => server.stop());

test('a run killed with kill -9 leaves every second before, and all reports can be made of them', async () => {
  const { path, intervals, completed } = await killRun(server.url, 6);
  expect(intervals).toEqual([0, 1, 2, 3, 4, 5]);
  const sum = completed.reduce((all, count) => all + count, 0);
  expect(sum).toBeGreaterThan(500);

  const shown = await runCli(['report', path]);
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(/RECORDING_INCOMPLETE {2}The recording ends after second 6, and the run had not ended/);
  expect(shown.stdout).toMatch(/FAILED: incomplete after 6\.0 s/);

  const prefix = join(createTemporaryFolder(), 'again');
  const written = await runCli(['report', path, '--csv', prefix, '--csv-full-history']);
  expect(written.stderr).toMatch(/The run had not ended: .* ends after second 6\./);
  expect(written.stdout.match(/^Wrote .*\.csv$/gm)).toHaveLength(5);
  const stats = parseCsvTable(readFileSync(`${prefix}_stats.csv`, 'utf8'));
  expect(Number(stats.at(-1)!['Request Count'])).toBe(sum);
  const history = parseCsvTable(readFileSync(`${prefix}_stats_history.csv`, 'utf8'));
  expect(history.filter(({ Name }) => Name === 'Aggregated')).toHaveLength(7);
});
