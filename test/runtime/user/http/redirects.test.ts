import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import type { RequestOptions } from '../../../../src/runtime/user/http/http-types.js';
import { closeHarnesses, createHarness, type HarnessOptions } from '../../../support/http-harness.js';
import { closeServers, startEcho } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

/** Answers each path of `routes` with a redirect, and all others with 200. */
async function startRedirects(
  routes: Record<string, [status: number, location?: string]>,
  options: HarnessOptions = {},
) {
  const server = await startEcho((seen, _request, response) => {
    const [status, location] = routes[seen.url] ?? [200];
    if (location !== undefined) response.setHeader('location', Buffer.from(location).toString('latin1'));
    response.writeHead(status).end(`body of ${seen.url}`);
  });
  const harness = createHarness({ host: server.url, ...options });
  return { ...harness, server, hops: () => server.requests.map(({ method, url }) => `${method} ${url}`) };
}

describe('redirects', () => {
  it.each([
    [301, 'GET', 'GET'],
    [302, 'GET', 'GET'],
    [303, 'GET', 'GET'],
    [307, 'GET', 'GET'],
    [308, 'GET', 'GET'],
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [301, 'PUT', 'PUT'],
    [302, 'PUT', 'PUT'],
    [303, 'PUT', 'GET'],
    [307, 'PATCH', 'PATCH'],
    [303, 'DELETE', 'GET'],
    [301, 'HEAD', 'HEAD'],
    [303, 'HEAD', 'HEAD'],
  ] as const)('%i turns %s into %s', async (status, method, next) => {
    const { http, server, hops, onlySample } = await startRedirects({ '/from': [status, '/to'] });
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const response = await http.request(method, '/from', hasBody ? { json: { a: 1 } } : {});
    expect(hops()).toEqual([`${method} /from`, `${next} /to`]);
    const isKept = hasBody && next === method;
    expect(server.last().body.toString()).toBe(isKept ? '{"a":1}' : '');
    expect(server.last().headers['content-type']).toBe(isKept ? 'application/json' : undefined);
    expect(response).toMatchObject({ status: 200, ok: true, url: `${server.url}/to` });
    expect(onlySample()).toMatchObject({ method, name: '/from', hops: 1, status: 200, error: undefined });
  });

  it('counts one request under its name, with the time and bytes of all hops', async () => {
    const { http, begun, server, onlySample, engine } = await startRedirects({ '/1': [302, '/2'], '/2': [307, '/3'] });
    const response = await http.get('/1', { name: 'walk' });
    expect(begun).toEqual(['GET walk']);
    const sample = onlySample();
    expect(sample).toMatchObject({ name: 'walk', hops: 2, bytesReceived: 'body of /1'.length * 3 });
    expect(response.text()).toBe('body of /3');
    const { serviceMs, ...parts } = response.timings;
    const sum = Object.values(parts).reduce((total, part) => total + part, 0);
    expect(Math.abs(sum - serviceMs)).toBeLessThan(2);
    expect(sample.serviceMs).toBe(serviceMs);
    expect(server.connections).toBe(1);
    expect(engine.inFlight.count).toBe(0);
  });

  it.each<[string, string, string]>([
    ['a relative path', 'next', '/dir/next'],
    ['a parent', '../next?x=1', '/next?x=1'],
    ['a query', '?page=2', '/dir/from?page=2'],
    ['a fragment', '/next#part', '/next'],
    ['Korean', '/한글', '/%ED%95%9C%EA%B8%80'],
    ['nothing', '', '/dir/from'],
  ])('resolves %s', async (_what, location, url) => {
    const { http, server } = await startRedirects({ '/dir/from': [302, location] }, { settings: { maxRedirects: 1 } });
    await http.get('/dir/from');
    expect(server.last().url).toBe(url);
  });

  it('gives up a loop after ten, as one failed request', async () => {
    const { http, server, onlySample } = await startRedirects({ '/a': [302, '/a'] });
    const response = await http.get('/a');
    expect(response).toMatchObject({ ok: false, status: 302, error: 'more than 10 redirects' });
    expect(server.requests.length).toBe(11);
    expect(onlySample()).toMatchObject({ hops: 10, error: 'more than 10 redirects' });
    expect((await http.get('/b')).ok).toBe(true);
  });

  it.each<[string, RequestOptions, number]>([
    ['the request', { followRedirects: false }, 10],
    ['the settings', {}, 0],
  ])('are the answer if %s say so', async (_what, options, maxRedirects) => {
    const { http, onlySample } = await startRedirects({ '/a': [302, '/b'] }, { settings: { maxRedirects } });
    const response = await http.get('/a', options);
    expect(response).toMatchObject({ ok: true, status: 302 });
    expect(response.headers.get('location')).toBe('/b');
    expect(response.text()).toBe('body of /a');
    expect(onlySample().hops).toBe(0);
  });

  it.each([300, 304, 305, 306])('are not what a %i with a location is', async (status) => {
    const { http, hops } = await startRedirects({ '/a': [status, '/b'] });
    expect((await http.get('/a')).status).toBe(status);
    expect(hops()).toEqual(['GET /a']);
  });

  it('without a location are the answer', async () => {
    const { http } = await startRedirects({ '/a': [302] });
    expect(await http.get('/a')).toMatchObject({ ok: true, status: 302 });
  });

  it.each<[string, string, string]>([
    ['no address', 'http://[', 'redirected to an invalid address'],
    ['another protocol', 'ftp://x/', 'redirected to an unknown protocol: ftp:'],
    ['a dead host', 'http://127.0.0.1:1/', 'connection refused by 127.0.0.1:1'],
  ])('to %s fail', async (_what, location, error) => {
    const { http, onlySample } = await startRedirects({ '/a': [302, location] });
    expect(await http.get('/a')).toMatchObject({ ok: false, error });
    expect(onlySample().error).toBe(error);
    expect((await http.get('/b')).ok).toBe(true);
  });

  it('cannot be followed with a streamed body, unless they drop it', async () => {
    const { http, hops } = await startRedirects({ '/a': [307, '/b'], '/c': [303, '/d'] });
    const response = await http.post('/a', { body: Readable.from(['x']) });
    expect(response.error).toBe('redirected, but a streamed body cannot be sent a second time');
    expect((await http.post('/c', { body: Readable.from(['x']) })).ok).toBe(true);
    expect(hops()).toEqual(['POST /a', 'POST /c', 'GET /d']);
  });

  it('to another origin leave credentials behind', async () => {
    const other = await startEcho();
    const { http, server } = await startRedirects({ '/away': [307, `${other.url}/x`], '/near': [307, '/y'] });
    const headers = { authorization: 'Bearer abc', cookie: 'id=1', host: 'shop.test', 'x-kept': 'yes' };
    await http.get('/near', { headers });
    expect(server.last().headers).toMatchObject(headers);
    await http.get('/away', { headers });
    expect(other.last().headers).toMatchObject({ host: other.host, 'x-kept': 'yes' });
    expect(other.last().headers.authorization).toBeUndefined();
    expect(other.last().headers.cookie).toBeUndefined();
  });

  it('to another origin give their connection back, however many there are', async () => {
    const other = await startEcho();
    const { http, server } = await startRedirects({ '/away': [302, `${other.url}/x`] });
    for (let count = 0; count < 20; count++) expect((await http.get('/away', { timeout: 2 })).ok).toBe(true);
    expect([server.connections, other.connections]).toEqual([1, 1]);
  });

  it('share the one timeout of their request', async () => {
    const server = await startEcho((_seen, _request, response) => {
      setTimeout(() => response.writeHead(302, { location: '/' }).end(), 80);
    });
    const { http } = createHarness({ host: server.url });
    const response = await http.get('/', { timeout: '200ms' });
    expect(response.error).toBe('not finished within 200 ms');
    expect(response.timings.serviceMs).toBeLessThan(260);
  });

  it('give way to other requests that wait for the only connection', async () => {
    const { http, hops } = await startRedirects({ '/a': [302, '/b'] }, { settings: { connectionsPerUser: 1 } });
    const all = await Promise.all([http.get('/a'), http.get('/c'), http.get('/d')]);
    expect(all.every(({ ok }) => ok)).toBe(true);
    expect(hops().sort()).toEqual(['GET /a', 'GET /b', 'GET /c', 'GET /d']);
  });
});
