import { afterEach, describe, expect, it } from 'vitest';
import type { PageData } from '../../../src/web/page-data.js';
import { readEvents } from '../../support/page-harness.js';
import { startScenarioPage as start } from '../../support/page-scenario.js';
import { closeServers } from '../../support/small-servers.js';

afterEach(closeServers);

describe('the live page', () => {
  it('is one document with its script and style, which may do nothing but talk to this server', async () => {
    const { ask } = await start();
    const { status, headers, text } = await ask('/');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(text).not.toMatch(/<script>|style=|https?:/);
    expect((await ask('/page.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect((await ask('/page.css')).status).toBe(200);
  });

  it('is not sent again to those who have it, with the policy that it had', async () => {
    const { ask } = await start();
    const { headers } = await ask('/');
    const again = await ask('/', { headers: { 'if-none-match': headers.etag! } });
    expect([again.status, again.text]).toEqual([304, '']);
    expect(again.headers['content-security-policy']).toBe(headers['content-security-policy']);
  });

  it('is told of every second, and says at the end what the result says', async () => {
    const page = await start();
    expect((await page.ask('/api/page')).status).toBe(404);
    const watching = readEvents(`${page.url}/api/page/events`, ({ event, data }) => event === 'update' && data.isFinal);
    await page.post('/api/run', { users: 4, spawnRate: 100, runTime: '3s' });
    const events = await watching;
    const updates = events.filter(({ event }) => event === 'update').map(({ data }) => data);
    await page.reach(({ phase }) => phase === 'ended');
    const [result] = page.ended;
    const { json } = await page.ask('/api/page');
    const data = json as PageData;
    expect(data.verdict).toMatchObject({ state: 'passed' });
    expect(data.total.completed).toBe(result!.total.completed);
    expect(data.rows.map(({ name, completed }) => [name, completed])).toEqual(
      result!.requests.map(({ name, completed }) => [name, completed]),
    );
    expect(data.columns.completed.reduce((sum, count) => sum + count)).toBe(result!.total.completed);
    expect(updates.at(-1)).toMatchObject({ run: 1, isFinal: true });
    const columns = updates.flatMap(({ columns: { completed } }) => completed as number[]);
    expect(columns).toEqual(data.columns.completed);
  });

  it('of a run of the past is made from its recording', async () => {
    const page = await start();
    await page.post('/api/run', { profile: 'short' });
    const { results } = await page.reach(({ phase }) => phase === 'ended');
    const past = (await page.ask(`/api/results/${results}/page`)).json as PageData;
    const live = (await page.ask('/api/page')).json as PageData;
    expect(past.total).toEqual(live.total);
    expect(past.columns).toEqual(live.columns);
    expect((await page.ask('/api/results/nothing/page')).status).toBe(404);
  });
});
