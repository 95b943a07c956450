import { afterEach, describe, expect, it } from 'vitest';
import { readEvents } from '../../support/page-harness.js';
import { nextSecond, startScenarioPage as start } from '../../support/page-scenario.js';
import { closeServers } from '../../support/small-servers.js';

afterEach(closeServers);

describe('a run', () => {
  it('is started with what is asked for, told second by second, and ends with the numbers of its result', async () => {
    const page = await start();
    const watching = readEvents(
      `${page.url}/api/events`,
      ({ event, data }) => event === 'status' && data.phase === 'ended',
    );
    const body = { users: 6, spawnRate: 100, runTime: '2s', kinds: { Buyer: 1, Looker: 2 } };
    const { status, json } = await page.post('/api/run', body);
    expect([status, json.phase, json.run]).toEqual([202, 'preparing', 1]);
    const events = await watching;
    const [result] = page.ended;
    expect(result).toMatchObject({ state: 'completed', usersStarted: 6, exitCode: 0 });
    const phases = events.filter(({ event }) => event === 'status').map(({ data }) => data.phase);
    expect([...new Set(phases)]).toEqual(['ready', 'preparing', 'running', 'stopping', 'ended']);
    const seconds = events.filter(({ event }) => event === 'second').map(({ data }) => data);
    expect(seconds[0]).toMatchObject({
      run: 1,
      second: 0,
      users: { Buyer: 2, Looker: 4 },
      plannedUsers: 6,
      isPaused: false,
    });
    expect(seconds.filter(({ isFinal }) => isFinal !== true).map(({ second }) => second)).toEqual(
      Array.from({ length: seconds.length - 1 }, (_, second) => second),
    );
    const sum = seconds
      .filter(({ isFinal }) => isFinal !== true)
      .reduce((total, { during }) => total + during.completed, 0);
    const last = seconds.at(-1);
    expect(last.isFinal).toBe(true);
    expect(last.total).toMatchObject({ completed: result!.total.completed, failures: 0, begun: result!.total.begun });
    expect(sum).toBe(result!.total.completed);
    expect(page.requests).toHaveLength(result!.total.completed);
    expect(last.rows.map(({ name, completed }: { name: string; completed: number }) => [name, completed])).toEqual(
      result!.requests.map(({ name, completed }) => [name, completed]),
    );
    expect(events.at(-1)!.data.outcome).toEqual({
      state: 'completed',
      exitCode: 0,
      text: expect.stringMatching(/^PASSED: completed after 2\.0 s: no request failed/),
    });
  });

  it('is paused, resumed, edited and stopped, and then another one begins', async () => {
    const page = await start();
    await page.post('/api/run', {});
    await page.reach(({ phase }) => phase === 'running');
    await nextSecond(page, ({ total }) => total.completed > 0);
    expect((await page.post('/api/run')).json.error).toMatchObject({ code: 'RUN_STATE', hint: 'POST /api/run/stop' });
    expect((await page.post('/api/run/pause')).json.isPaused).toBe(true);
    expect((await page.post('/api/run/pause')).status).toBe(409);
    const paused = await nextSecond(page, ({ isPaused, during }) => isPaused && during.completed === 0);
    expect(paused.total.completed).toBe(page.requests.length);
    expect((await page.post('/api/run/resume')).json.isPaused).toBe(false);
    expect((await page.post('/api/run/edit', { users: 9 })).status).toBe(200);
    const edited = await nextSecond(page, ({ plannedUsers, during }) => plannedUsers === 9 && during.completed > 0);
    expect(Object.values(edited.users as Record<string, number>).reduce((sum, count) => sum + count)).toBe(9);
    expect((await page.post('/api/run/edit', { users: -1, rate: 'x', foo: 1 })).json.fields).toHaveLength(3);
    expect((await page.post('/api/run/edit', { rate: 5 })).json.error.code).toBe('ERR_OPTION_CONFLICT');
    await page.post('/api/run/stop');
    const ended = await page.reach(({ phase }) => phase === 'ended');
    expect(ended.outcome).toMatchObject({ state: 'stopped' });
    expect((await page.post('/api/run/stop')).status).toBe(409);
    await page.post('/api/run', { profile: 'short' });
    const again = await page.reach(({ phase, run }) => phase === 'ended' && run === 2);
    expect(again).toMatchObject({ run: 2, results: 'run-2', outcome: { state: 'completed' } });
    expect(page.ended[1]!.durationMs).toBeCloseTo(1_000, -2);
    const { json } = await page.ask('/api/results');
    expect(json.runs.map(({ name, state }: { name: string; state: string }) => [name, state])).toEqual([
      ['run-2', 'completed'],
      ['run-1', 'stopped'],
    ]);
    expect((await page.ask('/api/results?limit=1')).json).toMatchObject({ hasMore: true, runs: [{ name: 'run-2' }] });
    expect((await page.ask('/api/results?before=run-2')).json).toMatchObject({
      hasMore: false,
      runs: [{ name: 'run-1' }],
    });
  });

  it('counts anew when that is asked for, users staying as they are', async () => {
    const page = await start();
    await page.post('/api/run', {});
    const before = await nextSecond(page, ({ second }) => second >= 1);
    await page.post('/api/run/reset');
    const events = await readEvents(
      `${page.url}/api/events`,
      ({ event, data }) => event === 'notice' && data.kind === 'reset',
    );
    expect(events.at(-1)!.data.message).toMatch(/^statistics begin anew at second \d+$/);
    const after = await nextSecond(page, ({ second }) => second > before.second + 1);
    expect(after.total.completed).toBeLessThan(page.requests.length);
    expect(after.total.completed).toBeGreaterThan(0);
    await page.post('/api/run/stop');
    await page.reach(({ phase }) => phase === 'ended');
    expect(page.ended[0]!.usersStarted).toBe(3);
  });

  it('goes on for a reader who comes back with what was missed, and begins with all for a new one', async () => {
    const page = await start();
    await page.post('/api/run', {});
    const first = await readEvents(
      `${page.url}/api/events`,
      ({ event, data }) => event === 'second' && data.second === 0,
    );
    await nextSecond(page, ({ second }) => second === 2);
    const missed = await readEvents(
      `${page.url}/api/events`,
      ({ event, data }) => event === 'second' && data.second === 3,
      {
        'last-event-id': first.at(-1)!.id,
      },
    );
    expect(missed.filter(({ event }) => event === 'second').map(({ data }) => data.second)).toEqual([1, 2, 3]);
    const fresh = await readEvents(`${page.url}/api/events`, ({ event }) => event === 'second');
    expect(fresh.map(({ event }) => event)).toEqual(['status', 'second']);
    expect(fresh[1]!.data.second).toBeGreaterThanOrEqual(3);
  });
});
