import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readResultDocument } from '../../src/reporters/result/read-document.js';
import { killRun } from '../support/kill-run.js';
import { readPageData } from '../support/read-forms.js';
import { runCli } from '../support/spawn-cli.js';
import { startServer } from '../support/spawn-server.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';

test('a run of 30 seconds killed after second 20 leaves every second up to 19, in the page and the JSON made of it too', async () => {
  const server = await startServer('arrivals');
  try {
    const { path, intervals, completed } = await killRun(server.url, 20);
    const seconds = Array.from({ length: 20 }, (_, second) => second);
    expect(intervals).toEqual(seconds);
    for (const count of completed) expect(count).toBeGreaterThan(0);

    const folder = createTemporaryFolder();
    const { code, stderr } = await runCli(['report', path, '--json', 'run.json', '--html', 'run.html'], {
      cwd: folder,
    });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('ends after second 20');
    const { state, timeline, total } = await readResultDocument(join(folder, 'run.json'));
    expect(state).toBe('incomplete');
    expect(timeline.points.map(({ second, seconds: width }) => [second, width])).toEqual(seconds.map((at) => [at, 1]));
    expect(timeline.points.map((point) => point.completed)).toEqual(completed);
    expect(total.completed).toBe(completed.reduce((sum, count) => sum + count, 0));
    const page = readPageData(readFileSync(join(folder, 'run.html'), 'utf8'));
    expect(page.verdict).toMatchObject({ state: 'incomplete', text: expect.stringContaining('after 20.0 s') });
    expect(page.columns).toMatchObject({ second: seconds, seconds: seconds.map(() => 1), completed });
    expect(page.columns.p95.every((ms) => ms !== null && ms > 0)).toBe(true);
    expect(page.names.names.map((name) => name.completed)).toEqual([completed]);
    expect(page.total.completed).toBe(total.completed);
  } finally {
    await server.stop();
  }
});
