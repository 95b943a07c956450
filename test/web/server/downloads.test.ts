import { afterEach, describe, expect, it } from 'vitest';
import { startScenarioPage as start } from '../../support/page-scenario.js';
import { parseCsvTable } from '../../support/parse-csv.js';
import { parseXml, type XmlElement } from '../../support/parse-xml.js';
import { closeServers } from '../../support/small-servers.js';

afterEach(closeServers);

/** Suite, name, and whether it failed, of every case. */
function listCases(root: XmlElement): [suite: string, name: string, hasFailed: boolean][] {
  return root.children.flatMap((suite) =>
    suite.children.map(({ attributes, children }): [string, string, boolean] => {
      return [suite.attributes.name!, attributes.name!, children.some(({ name }) => name === 'failure')];
    }),
  );
}

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
    const junit = parseXml((await page.ask(`/api/results/${results}/junit.xml`)).text);
    const { thresholds, part } = result!;
    const checks = [...part.checks].sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(checks.map(({ name, failures }) => [name, failures > 0])).toEqual([
      ['never', true],
      ['seen <&>', false],
    ]);
    expect(listCases(junit)).toEqual([
      ['loads', 'default: 2 users at 100/s', false],
      ...thresholds.map(({ key, expression, state }) => ['thresholds', `${key} ${expression}`, state === 'failed']),
      ...checks.map(({ name, failures }) => ['checks', name, failures > 0]),
    ]);
    expect(junit.attributes).toMatchObject({ tests: '4', failures: '1', errors: '0' });
    expect((await page.ask(`/api/results/${results}/stats.xml`)).status).toBe(404);
    expect((await page.ask('/api/results/nothing/recording')).status).toBe(404);
  });
});
