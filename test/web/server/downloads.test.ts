import { afterEach, describe, expect, it } from 'vitest';
import { startScenarioPage as start } from '../../support/page-scenario.js';
import { parseCsvTable } from '../../support/parse-csv.js';
import { closeServers } from '../../support/small-servers.js';

afterEach(closeServers);

describe('what is kept of a run', () => {
  it('can be had in every form, with the same numbers', async () => {
    const page = await start();
    await page.post('/api/run', { profile: 'short' });
    const { results } = await page.reach(({ phase }) => phase === 'ended');
    const [result] = page.ended;
    const { json } = await page.ask(`/api/results/${results}`);
    expect(json).toMatchObject({ isComplete: true, exitCode: 0, completed: result!.total.completed, scenario: 'test' });
    expect(json.forms).toEqual([
      'report.html',
      'junit.xml',
      'recording',
      'stats.csv',
      'stats_history.csv',
      'load_history.csv',
      'failures.csv',
      'exceptions.csv',
    ]);
    for (const form of json.forms) {
      const { status, headers, text } = await page.ask(`/api/results/${results}/${form}`);
      expect(status).toBe(200);
      expect(headers['content-disposition']).toMatch(/^attachment; filename="run-1-/);
      expect(Number(headers['content-length'])).toBe(Buffer.byteLength(text));
    }
    const rows = parseCsvTable((await page.ask(`/api/results/${results}/stats.csv`)).text);
    const sum = rows.find((row) => row.Name === 'Aggregated');
    expect(Number(sum!['Request Count'])).toBe(result!.total.completed);
    expect(rows.some((row) => row.Name === '사다 <script>')).toBe(true);
    const cases = (await page.ask(`/api/results/${results}/junit.xml`)).text;
    expect(cases).toMatch(/^<\?xml[\s\S]*<testcase [\s\S]*<\/testsuites>\s*$/);
    expect((await page.ask(`/api/results/${results}/stats.xml`)).status).toBe(404);
    expect((await page.ask('/api/results/nothing/recording')).status).toBe(404);
  });
});
