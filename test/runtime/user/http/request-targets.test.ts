import { afterEach, describe, expect, it } from 'vitest';
import type { RequestOptions, RequestTarget } from '../../../../src/runtime/user/http/http-types.js';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, startEcho } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

async function seen(target: RequestTarget, options: RequestOptions = {}, prefix = '') {
  const server = await startEcho();
  const harness = createHarness({ host: server.url + prefix });
  const response = await harness.http.get(target, options);
  return { url: server.last().url, name: harness.onlySample().name, response, base: server.url };
}

describe('paths and names', () => {
  it.each<[string, RequestTarget, string, string]>([
    ['a path', '/a/b', '/a/b', '/a/b'],
    ['a query in the path', '/a?x=1', '/a?x=1', '/a'],
    ['a fragment', '/a#part', '/a', '/a'],
    ['Korean in path and query', '/한글?q=값', '/%ED%95%9C%EA%B8%80?q=%EA%B0%92', '/한글'],
    ['a blank', '/a b', '/a%20b', '/a b'],
    ['what is encoded already', '/a%20b%2Fc', '/a%20b%2Fc', '/a%20b%2Fc'],
    ['a template', ['/p/:id/', { id: 7 }], '/p/7/', '/p/:id/'],
    [
      'a template with text to encode',
      ['/p/:id/:part', { id: 'a/b?', part: '한' }],
      '/p/a%2Fb%3F/%ED%95%9C',
      '/p/:id/:part',
    ],
    ['a template with a query', ['/p/:id?page=:page', { id: 0, page: 2 }], '/p/0?page=2', '/p/:id'],
  ])('sends and names %s', async (_what, target, url, name) => {
    expect(await seen(target)).toMatchObject({ url, name });
  });

  it('sends and names the same path the same way again, behind any host', async () => {
    const server = await startEcho();
    const { createUser, samples } = createHarness({ host: server.url });
    const users = ['', '/v1', '/한', ''].map((prefix) => createUser(server.url + prefix));
    for (const { http } of [...users, ...users]) await http.get('/한글?q=1');
    const urls = ['', '/v1', '/%ED%95%9C', ''].map((prefix) => `${prefix}/%ED%95%9C%EA%B8%80?q=1`);
    expect(server.requests.map(({ url }) => url)).toEqual([...urls, ...urls]);
    expect(new Set(samples.map(({ name }) => name))).toEqual(new Set(['/한글']));
  });

  it('sends and names more paths than are remembered', async () => {
    const server = await startEcho();
    const { http, samples } = createHarness({ host: server.url });
    const numbers = Array.from({ length: 1100 }, (_, at) => at);
    for (const number of numbers) await http.get(`/p?n=${number}`);
    await http.get('/p?n=1099');
    expect(server.requests.map(({ url }) => url)).toEqual([...numbers, 1099].map((number) => `/p?n=${number}`));
    expect(new Set(samples.map(({ name }) => name))).toEqual(new Set(['/p']));
  });

  it('prefers the name that is given', async () => {
    expect(await seen(['/p/:id', { id: 1 }], { name: '02_product' })).toMatchObject({
      url: '/p/1',
      name: '02_product',
    });
  });

  it.each<[string, string, string]>([
    ['/api', '/users', '/api/users'],
    ['/api/', '/users', '/api/users'],
    ['/api/v1//', '/users?x=1', '/api/v1/users?x=1'],
  ])('puts the prefix %s of the host before a path', async (prefix, target, url) => {
    const { name, response, base, ...rest } = await seen(target, {}, prefix);
    expect(rest.url).toBe(url);
    expect(name).toBe('/users');
    expect(response.url).toBe(base + url);
  });

  it('takes absolute addresses, as text and as URL', async () => {
    const home = await startEcho();
    const other = await startEcho();
    const { http, samples } = createHarness({ host: home.url });
    await http.get(`${home.url}/a?x=1`);
    await http.get(`${other.url}/b?x=1`);
    await http.get(new URL('/c', other.url));
    await http.get([`${other.url}/d/:id`, { id: 5 }]);
    expect(home.requests.map(({ url }) => url)).toEqual(['/a?x=1']);
    expect(other.requests.map(({ url }) => url)).toEqual(['/b?x=1', '/c', '/d/5']);
    expect(samples.map(({ name }) => name)).toEqual(['/a', `${other.url}/b`, `${other.url}/c`, `${other.url}/d/:id`]);
  });

  it('needs no host for absolute addresses', async () => {
    const server = await startEcho();
    const { http } = createHarness();
    expect((await http.get(`${server.url}/x`)).ok).toBe(true);
  });
});

describe('query', () => {
  it.each<[string, string, RequestOptions['query'], string]>([
    ['an object', '/a', { x: 1, y: 'a b', z: true }, '/a?x=1&y=a+b&z=true'],
    ['lists', '/a', { x: [1, 2], y: [] }, '/a?x=1&x=2'],
    ['null and undefined', '/a', { x: null, y: undefined, z: 0 }, '/a?z=0'],
    ['nothing', '/a', {}, '/a'],
    [
      'URLSearchParams',
      '/a',
      new URLSearchParams([
        ['x', '1'],
        ['x', '2'],
      ]),
      '/a?x=1&x=2',
    ],
    ['Korean', '/a', { 이름: '값' }, '/a?%EC%9D%B4%EB%A6%84=%EA%B0%92'],
    ['a path with a query', '/a?x=1', { y: 2 }, '/a?x=1&y=2'],
    ['a path that ends with ?', '/a?', { y: 2 }, '/a?y=2'],
    ['a path with a fragment', '/a?x=1#f', { y: 2 }, '/a?x=1&y=2'],
  ])('appends %s', async (_what, path, query, url) => {
    expect(await seen(path, { query })).toMatchObject({ url, name: '/a' });
  });
});

describe('targets that cannot be sent', () => {
  it.each<[string, RequestTarget, RegExp]>([
    ['a path without a slash', 'products', /neither a path that starts with "\/" nor an http address/],
    ['an empty path', '', /neither a path/],
    ['two slashes', '//elsewhere/x', /neither a path/],
    ['another protocol', 'ftp://host/x', /neither a path/],
    ['half an address', 'http://', /neither a path/],
    ['a template without its value', ['/p/:id/', {}], /has no value for ":id"/],
    ['a template with an empty value', ['/p/:id/', { id: '' }], /has no value for ":id"/],
    ['something else', 5 as unknown as string, /must be a path, a URL or a template/],
  ])('refuses %s before anything is counted', async (_what, target, message) => {
    const { http, begun } = createHarness({ host: 'http://127.0.0.1:1' });
    const sending = http.get(target);
    await expect(sending).rejects.toMatchObject({ code: 'ERR_REQUEST_INVALID' });
    await expect(sending).rejects.toThrow(message);
    expect(begun).toEqual([]);
  });

  it('says what to do when a path has no host', async () => {
    const { http, begun } = createHarness();
    await expect(http.get('/x')).rejects.toMatchObject({
      code: 'ERR_HOST_MISSING',
      hint: expect.stringContaining('--host'),
    });
    expect(begun).toEqual([]);
  });

  it('refuses a host that is no address', () => {
    expect(() => createHarness({ host: 'localhost:8000' })).toThrow(/must be an address such as/);
  });

  it.each([601, 5000, '900', 0, -1, 'soon', Number.NaN])('refuses the timeout %s', async (timeout) => {
    const { http, begun } = createHarness({ host: 'http://127.0.0.1:1' });
    await expect(http.get('/', { timeout })).rejects.toMatchObject({ code: 'ERR_REQUEST_INVALID' });
    http.setDefaults({ timeout });
    await expect(http.get('/')).rejects.toMatchObject({ code: 'ERR_REQUEST_INVALID' });
    expect(begun).toEqual([]);
  });

  it('says that a timeout of 5000 is probably milliseconds', async () => {
    const { http } = createHarness({ host: 'http://127.0.0.1:1' });
    await expect(http.get('/', { timeout: 5000 })).rejects.toThrow('write "5000ms"');
  });
});
