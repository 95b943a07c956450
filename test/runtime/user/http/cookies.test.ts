import { afterEach, describe, expect, it } from 'vitest';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, startEcho } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

/** A shop that sets the cookies it is told to and knows which it was sent; reachable under several names. */
async function startShop(...cookies: string[]) {
  const server = await startEcho((seen, _request, response) => {
    if (seen.url === '/set') response.setHeader('set-cookie', cookies);
    response.end();
  });
  const harness = createHarness({
    host: `http://shop.test:${server.port}`,
    lookup: (_name, _options, listener) => listener(null, [{ address: '127.0.0.1' }]),
  });
  const cookieAt = async (target: string) => {
    await harness.http.get(target);
    return server.last().headers.cookie;
  };
  return { ...harness, server, port: server.port, cookieAt };
}

describe('cookies', () => {
  it('are sent back, several at once, and replaced by newer ones', async () => {
    const { cookieAt, http, server } = await startShop('id=1; Path=/; HttpOnly', 'lang=ko; Path=/');
    expect(await cookieAt('/a')).toBeUndefined();
    await http.get('/set');
    expect(await cookieAt('/a')).toBe('id=1; lang=ko');
    await http.post('/b', { json: {} });
    expect(server.last().headers.cookie).toBe('id=1; lang=ko');
  });

  it('are replaced by newer ones and removed by expired ones', async () => {
    const values = ['id=1; Path=/', 'id=2; Path=/', 'id=2; Path=/; Max-Age=0'];
    const server = await startEcho((_seen, _request, response) => {
      response.setHeader('set-cookie', values.shift() ?? []);
      response.end();
    });
    const { http } = createHarness({ host: server.url });
    for (let count = 0; count < 4; count++) await http.get('/');
    expect(server.requests.map(({ headers }) => headers.cookie)).toEqual([undefined, 'id=1', 'id=2', undefined]);
  });

  it('obey their path', async () => {
    const { http, cookieAt } = await startShop('cart=1; Path=/cart', 'here=1');
    await http.get('/set');
    expect(await cookieAt('/cart/items')).toBe('cart=1; here=1');
    expect(await cookieAt('/cartoon')).toBe('here=1');
  });

  it('obey their domain, ports aside', async () => {
    const { http, cookieAt, port } = await startShop(
      'own=1; Path=/',
      'all=1; Path=/; Domain=shop.test',
      'bad=1; Domain=other.test',
    );
    await http.get('/set');
    expect(await cookieAt('/')).toBe('own=1; all=1');
    expect(await cookieAt(`http://www.shop.test:${port}/`)).toBe('all=1');
    expect(await cookieAt(`http://other.test:${port}/`)).toBeUndefined();
    expect(await cookieAt(`http://localhost:${port}/`)).toBeUndefined();
  });

  it('obey expiry and secure', async () => {
    const old = 'old=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT';
    const { http, cookieAt } = await startShop(
      old,
      'safe=1; Path=/; Secure',
      'short=1; Path=/; Max-Age=1',
      'plain=1; Path=/',
    );
    await http.get('/set');
    expect(await cookieAt('/')).toBe('short=1; plain=1');
    await expect.poll(() => cookieAt('/'), { timeout: 3_000, interval: 100 }).toBe('plain=1');
  });

  it('of a malformed or foreign kind are left out without failing the request', async () => {
    const { http, cookieAt, samples } = await startShop(
      '',
      ';;;',
      '=',
      'x=\u00e9; Path=/',
      `big=${'b'.repeat(5_000)}; Domain=.`,
    );
    await http.get('/set');
    expect(await cookieAt('/')).toContain('x=\u00e9');
    expect(samples.every(({ error }) => error === undefined)).toBe(true);
  });

  it.each(['http://[::1]:1/', 'http://printer.local:1/', 'http://a.invalid:1/', 'http://com:1/', 'http://127.1:1/'])(
    'do not get in the way of requests to %s',
    async (address) => {
      const { http } = await startShop('id=1; Path=/');
      await http.get('/set');
      expect((await http.get(address)).status).toBe(0);
    },
  );

  it('belong to one user', async () => {
    const { http, createUser, server, cookieAt } = await startShop('id=1; Path=/');
    await http.get('/set');
    await createUser().http.get('/');
    expect(server.last().headers.cookie).toBeUndefined();
    expect(await cookieAt('/')).toBe('id=1');
  });

  it('join those that a request names itself', async () => {
    const { http, server } = await startShop('id=1; Path=/');
    await http.get('/', { headers: { Cookie: 'own=1' } });
    expect(server.last().headers.cookie).toBe('own=1');
    await http.get('/set');
    await http.get('/', { headers: { Cookie: 'own=1' } });
    expect(server.last().headers.cookie).toBe('own=1; id=1');
  });

  it('are kept across redirects, with the request’s own, and not taken along to other hosts', async () => {
    const server = await startEcho((seen, _request, response) => {
      if (seen.url === '/login') response.writeHead(302, { location: '/home', 'set-cookie': 'id=1; Path=/' });
      if (seen.url === '/home') response.writeHead(302, { location: `http://localhost:${server.port}/elsewhere` });
      response.end();
    });
    const { http } = createHarness({ host: server.url });
    await http.post('/login', { form: { user: 'kim' }, headers: { cookie: 'own=1' } });
    expect(server.requests.map(({ url, headers }) => [url, headers.cookie])).toEqual([
      ['/login', 'own=1'],
      ['/home', 'own=1; id=1'],
      ['/elsewhere', undefined],
    ]);
  });
});
