import { afterEach, describe, expect, it } from 'vitest';
import { readEvents } from '../../support/page-harness.js';
import { nextSecond, startScenarioPage as start } from '../../support/page-scenario.js';
import { parseCsvTable } from '../../support/parse-csv.js';
import { closeServers } from '../../support/small-servers.js';

afterEach(closeServers);

describe("Locust's own addresses", () => {
  it('start, change, reset and stop a run, and tell its numbers by its names', async () => {
    const page = await start();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await page.ask('/stats/requests')).json).toMatchObject({ state: 'ready', stats: [], user_count: 0 });
    expect((await page.ask('/tasks')).json).toEqual({ per_class: {}, total: {} });
    const refused = await page.post('/swarm', 'user_count=0&spawn_rate=10', form);
    expect([refused.status, refused.json.fields[0].field]).toEqual([422, 'users']);
    expect((await page.post('/swarm', 'shape_class=x', form)).status).toBe(400);
    const started = await page.post(
      '/swarm',
      'user_count=4&spawn_rate=100&user_classes=Buyer&user_classes=Looker',
      form,
    );
    expect(started.json).toEqual({ success: true, message: 'Swarming started' });
    await nextSecond(page, ({ total }) => total.completed > 0);
    const { json } = await page.ask('/stats/requests');
    expect(json).toMatchObject({ state: 'running', user_count: 4, fail_ratio: 0, errors: [] });
    expect(json.stats.map(({ name }: { name: string }) => name)).toEqual(['/look', '사다 <script>', 'Aggregated']);
    expect(json.stats[1].safe_name).toBe('사다 &lt;script&gt;');
    expect(Object.keys(json.stats[0])).toEqual(expect.arrayContaining(LOCUST_FIELDS));
    expect(json.current_response_time_percentiles['response_time_percentile_0.95']).toBeGreaterThan(0);
    expect((await page.ask('/tasks')).json).toEqual({
      per_class: {
        Buyer: { ratio: 0.75, tasks: { buy: { ratio: 1 } } },
        Looker: { ratio: 0.25, tasks: { look: { ratio: 1 } } },
      },
      total: {
        Buyer: { ratio: 0.75, tasks: { buy: { ratio: 0.75 } } },
        Looker: { ratio: 0.25, tasks: { look: { ratio: 0.25 } } },
      },
    });
    expect((await page.post('/swarm', 'user_count=7&spawn_rate=100', form)).json.success).toBe(true);
    await nextSecond(page, ({ plannedUsers }) => plannedUsers === 7);
    expect((await page.post('/stats/reset')).text).toBe('ok');
    await readEvents(`${page.url}/api/events`, ({ event, data }) => event === 'notice' && data.kind === 'reset');
    await nextSecond(page, ({ during }) => during.completed > 0);
    await nextSecond(page, ({ total, during }) => total.completed > during.completed);
    expect((await page.post('/stop')).json).toEqual({ success: true, message: 'Test stopped' });
    await page.reach(({ phase }) => phase === 'ended');
    const { total } = page.ended[0]!;
    expect(total.completed).toBeGreaterThan(0);
    const ended = (await page.ask('/stats/requests')).json;
    expect(ended).toMatchObject({ state: 'stopped', user_count: 0 });
    expect(ended.stats.at(-1)).toMatchObject({ name: 'Aggregated', num_requests: total.completed, num_failures: 0 });
    const csv = parseCsvTable((await page.ask('/stats/requests/csv')).text);
    expect(Number(csv.at(-1)!['Request Count'])).toBe(total.completed);
    expect((await page.ask('/stats/failures/csv')).text).toMatch(/^Method,Name,Error/);
    expect((await page.ask('/exceptions/csv')).text).toMatch(/^Count,Message/);
  });
});

const LOCUST_FIELDS = [
  'method',
  'name',
  'num_requests',
  'num_failures',
  'avg_response_time',
  'min_response_time',
  'max_response_time',
  'median_response_time',
  'current_rps',
  'current_fail_per_sec',
  'total_rps',
  'avg_content_length',
  'response_time_percentile_0.95',
  'response_time_percentile_0.99',
];
