import { afterEach, describe, expect, it } from 'vitest';
import { startScenarioPage as start } from '../../support/page-scenario.js';
import { closeServers } from '../../support/small-servers.js';

afterEach(closeServers);

describe('a start', () => {
  it.each<[object, string, RegExp]>([
    [{ users: 'ten' }, 'users', /must be a whole number of 1 or more, but it is "ten"/],
    [{ users: 1e9 }, 'users', /from 1 to 10000000/],
    [{ spawnRate: 0 }, 'spawnRate', /above 0/],
    [{ runTime: '5x' }, 'runTime', /span of time/],
    [{ host: 'localhost' }, 'host', /http or https URL/],
    [{ host: 'http://203.0.113.9' }, 'host', /neither on this machine nor allowed/],
    [{ profile: 'shrt' }, 'profile', /must be one of short/],
    [{ stages: ['30s'] }, 'stages', /of the form/],
    [{ stages: ['1s:5'], users: 5 }, 'stages', /are a whole load/],
    [{ kinds: { Nobody: 1 } }, 'kinds', /has no kind "Nobody"/],
    [{ kinds: { Buyer: 0 } }, 'kinds', /leaves no kind/],
    [{ kinds: { Buyer: -1 } }, 'kinds', /number from 0/],
    [{ kinds: { Admin: 1.5 } }, 'kinds', /whole number for Admin/],
    [{ kinds: ['Buyer'] }, 'kinds', /object with a number/],
    [{ load: 'rate' }, 'rate', /how many iterations start/],
    [{ rate: 50 }, 'runTime', /is needed/],
    [{ load: 'other' }, 'load', /one of scenario, users/],
    [{ webPort: 1 }, 'webPort', /no such field/],
    [{ __proto__: null, constructor: 1 }, 'constructor', /no such field/],
  ])('of %j is refused for %s', async (body, field, message) => {
    const page = await start();
    for (const path of ['/api/run', '/api/plan']) {
      const { status, json } = await page.post(path, body);
      expect([status, json.error.code]).toEqual([422, 'START_REFUSED']);
      const found = json.fields.find((one: { field: string }) => one.field === field);
      expect(found?.message).toMatch(message);
    }
    expect((await page.ask('/api/run')).json.status).toMatchObject({ phase: 'ready', run: 0 });
  });

  it('names all fields that are wrong at once', async () => {
    const page = await start();
    const { json } = await page.post('/api/run', { users: 0, spawnRate: 'x', runTime: '', host: 'x', foo: 1 });
    expect(json.fields.map(({ field }: { field: string }) => field).sort()).toEqual([
      'foo',
      'host',
      'runTime',
      'spawnRate',
      'users',
    ]);
  });

  it('may go elsewhere if that is allowed with it', async () => {
    const page = await start();
    const host = 'http://203.0.113.9';
    expect((await page.post('/api/plan', { host, allowedHosts: ['203.0.113.9'] })).status).toBe(200);
  });

  it.each([
    [{}, { mostUsers: 3, lengthMs: 30_000, isOpen: false }],
    [{ stages: ['10s:50', '10s:0'] }, { mostUsers: 50, lengthMs: 20_000 }],
    [{ profile: 'short' }, { mostUsers: 2, lengthMs: 1_000 }],
    [
      { rate: 5, runTime: '10s', kinds: { Buyer: 1 } },
      { mostUsers: 50, lengthMs: 10_000 },
    ],
    [{ rate: 5, runTime: '10s', maxUsers: 7, kinds: { Buyer: 1 } }, { mostUsers: 7 }],
    [{ users: 8 }, { mostUsers: 8 }],
  ])('of %j can be looked at before', async (body, curve) => {
    const page = await start();
    expect((await page.post('/api/plan', body)).json).toMatchObject(curve);
  });

  it.each([
    [{ thresholds: { http_req_failed: ['often'] } }, 'thresholds'],
    [{ thresholds: ['often'] }, 'load'],
    [{ stages: ['5s:5'] }, 'stages'],
  ])('that the options %j do not let begin says which', async (values, field) => {
    const page = await start(values);
    const { status, json } = await page.post('/api/plan', { users: 8 });
    expect([status, json.fields.length, json.fields[0].field]).toEqual([422, 1, field]);
    expect(json.fields[0].message).toBe(json.error.message.split('" ').slice(1).join('" '));
  });

  it('on the page takes the place of the load of the command line', async () => {
    const page = await start({ stages: ['5s:5'] });
    expect((await page.ask('/api/run')).json.form).toMatchObject({ load: 'stages', stages: ['5s:5'] });
    const body = { load: 'users', users: 8, spawnRate: 4, runTime: '10s' };
    const { json } = await page.post('/api/plan', body);
    expect(json).toMatchObject({ mostUsers: 8, lengthMs: 10_000 });
    expect(json.points[0].users).toBeLessThan(8);
    expect(json.points.at(-1).users).toBe(8);
    expect((await page.post('/api/plan', { users: 8 })).json.fields[0].field).toBe('stages');
  });

  it('is filled in with the options as they stand', async () => {
    const page = await start({ users: 12, runTime: '1m30s' });
    expect((await page.ask('/api/run')).json.form).toEqual({
      load: 'users',
      host: expect.stringMatching(/^http:\/\/127/),
      users: 12,
      spawnRate: 100,
      runTime: '1m30s',
      iterations: null,
      profile: '',
      profiles: ['short'],
      stages: [],
      kinds: [
        { name: 'Buyer', weight: 3, isFixed: false, isPicked: true },
        { name: 'Looker', weight: 1, isFixed: false, isPicked: true },
        { name: 'Admin', weight: 1, isFixed: true, isPicked: true },
      ],
      scenarioLoad: '12 users at 100/s · 1 min 30.0 s',
    });
  });

  it('at a rate starts so many iterations a second', async () => {
    const page = await start();
    await page.post('/api/run', { rate: 30, runTime: '2s', kinds: { Looker: 1 } });
    await page.reach(({ phase }) => phase === 'ended');
    expect(page.ended[0]!.part.iterations.count).toBe(60);
    expect(page.requests.every(({ url }) => url === '/look')).toBe(true);
  });
});
