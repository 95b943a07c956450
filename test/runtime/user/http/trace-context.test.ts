import { afterEach, describe, expect, test } from 'vitest';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, startEcho } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

const FORM = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-01$/;
const OWN = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('traceparent', () => {
  test('is sent with every request, each in a trace of its own, which is told', async () => {
    const echo = await startEcho();
    const { http, samples } = createHarness({ host: echo.url, settings: { traceShare: 1 } });
    for (let index = 0; index < 600; index++) await http.get('/');
    const ids = echo.requests.map(({ headers }) => FORM.exec(String(headers.traceparent))?.[1]);
    expect(new Set(ids).size).toBe(600);
    expect(samples.map(({ traceId }) => traceId)).toEqual(ids);
  });

  test('is not sent unless asked for', async () => {
    const echo = await startEcho();
    const { http, samples } = createHarness({ host: echo.url });
    await http.get('/', { headers: { traceparent: OWN } });
    await http.post('/');
    expect(echo.requests.map(({ headers }) => headers.traceparent)).toEqual([OWN, undefined]);
    expect(samples.map(({ traceId }) => traceId)).toEqual([undefined, undefined]);
  });

  test('is sent with a share of them', async () => {
    const echo = await startEcho();
    const { http, samples } = createHarness({ host: echo.url, settings: { traceShare: 0.3 } });
    for (let index = 0; index < 1_000; index++) await http.get('/');
    const traced = echo.requests.filter(({ headers }) => headers.traceparent !== undefined).length;
    // Six standard deviations to both sides.
    expect(traced).toBeGreaterThan(210);
    expect(traced).toBeLessThan(390);
    expect(samples.filter(({ traceId }) => traceId !== undefined)).toHaveLength(traced);
  });

  test("the scenario's own wins, and is told", async () => {
    const echo = await startEcho();
    const { http, samples } = createHarness({ host: echo.url, settings: { traceShare: 0.0001 } });
    await http.get('/', { headers: { TraceParent: OWN } });
    http.setDefaults({ headers: { traceparent: 'mine' } });
    await http.get('/');
    expect(echo.requests.map(({ headers }) => headers.traceparent)).toEqual([OWN, 'mine']);
    expect(samples.map(({ traceId }) => traceId)).toEqual(['4bf92f3577b34da6a3ce929d0e0e4736', undefined]);
  });

  test('stays with the host under test', async () => {
    const other = await startEcho();
    const home = await startEcho(({ url }, _request, response) => {
      if (url === '/here') response.writeHead(302, { location: '/' }).end();
      else if (url === '/away') response.writeHead(302, { location: `${other.url}/` }).end();
      else response.end('ok');
    });
    const { http, samples } = createHarness({ host: home.url, settings: { traceShare: 1 } });
    await http.get(`${other.url}/`);
    await http.get('/away');
    expect(other.requests.map(({ headers }) => headers.traceparent)).toEqual([undefined, undefined]);
    await http.get('/here');
    const [, first, second] = home.requests.map(({ headers }) => headers.traceparent);
    expect(first).toMatch(FORM);
    expect(second).toBe(first);
    expect(samples.map(({ traceId }) => traceId === undefined)).toEqual([true, false, false]);
  });
});
