import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { defineTest, defineUser } from 'loadwright';
import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../../../src/web/server/guard.js';
import { askUrl, startPageHarness } from '../../support/page-harness.js';

const Idler = defineUser({ tasks: { idle: async ({ sleep }) => sleep(0.05) } });
const TEST = defineTest({ users: { Idler }, load: { users: 1, spawnRate: 1, runTime: '60s' } });
const TOKEN = 'a-token-of-the-tests';

const start = (server = {}) => startPageHarness({ test: TEST, server });

describe('the Host header', () => {
  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '127.0.0.2', '[::1]'])('%s is this machine', async (name) => {
    const { ask, port } = await start();
    expect((await ask('/api/run', { headers: { host: `${name}:${port}` } })).status).toBe(200);
  });

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', 'a@127.0.0.1', '[::2]'])(
    '%j is another one, by whatever name it leads here',
    async (name) => {
      const { ask, port } = await start();
      const { status, json } = await ask('/api/run', { headers: { host: `${name}:${port}` } });
      expect([status, json.error.code]).toEqual([421, 'HOST_REFUSED']);
    },
  );

  it('has the right port', async () => {
    const { ask, port } = await start();
    for (const host of ['127.0.0.1', `127.0.0.1:${port + 1}`, `127.0.0.1:0${port}1`]) {
      expect((await ask('/api/run', { headers: { host } })).status).toBe(421);
    }
  });
});

describe('changes', () => {
  const CHANGES = ['/api/run', '/api/run/stop', '/api/run/pause', '/swarm', '/stop', '/stats/reset', '/api/plan'];

  it.each(CHANGES)('%s is not done for another origin', async (path) => {
    const { post, port, ask } = await start();
    const origins = [
      'http://evil.example',
      'null',
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port + 1}`,
      `http://localhost:${port}`,
    ];
    for (const origin of origins) {
      const { status, json } = await post(path, undefined, { origin });
      expect([origin, status, json.error.code]).toEqual([origin, 403, 'ORIGIN_REFUSED']);
    }
    expect((await ask('/api/run')).json.status.run).toBe(0);
  });

  it.each(['/api/run/stop', '/swarm', '/stop', '/stats/reset', '/api/run/pause'])(
    '%s is not done by GET',
    async (path) => {
      const { ask } = await start();
      const { status, headers, json } = await ask(path);
      expect([status, headers.allow]).toEqual([405, 'POST']);
      expect(json.error.message).toMatch(/only done by POST/);
    },
  );

  it('are not done for what a browser says comes from elsewhere, and neither is anything read', async () => {
    const { ask, post } = await start();
    for (const site of ['cross-site', 'same-site']) {
      const headers = { 'sec-fetch-site': site };
      expect((await post('/stop', undefined, headers)).status).toBe(403);
      for (const path of ['/api/run', '/api/events', '/stats/requests'])
        expect((await ask(path, { headers })).status).toBe(403);
    }
    expect((await ask('/api/run', { headers: { 'sec-fetch-site': 'same-origin' } })).status).toBe(200);
  });

  it('are done for the own page, and for programs that say nothing', async () => {
    const { post, url } = await start();
    expect((await post('/stop', undefined, { origin: url })).json).toEqual({ success: true, message: 'Test stopped' });
    expect((await post('/stop')).status).toBe(200);
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])('%s means nothing', async (method) => {
    const { ask } = await start();
    expect((await ask('/api/run', { method })).status).toBe(405);
  });

  it('take JSON as JSON, so that no form of another page can send it', async () => {
    const { post } = await start();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      expect((await post('/api/run', '{"users":1}', { 'content-type': type })).status).toBe(415);
    }
    expect((await post('/swarm', '{"user_count":1}')).status).toBe(415);
    expect((await post('/api/run', '{"users":')).json.error.code).toBe('BODY_INVALID');
    expect((await post('/api/run', '[1]')).status).toBe(400);
  });
});

describe('a body', () => {
  it('of 100 MB is refused before it is read', async () => {
    const { url } = await start();
    const sent = request(`${url}/api/run`, { method: 'POST', headers: { 'content-length': '100000000' } });
    sent.on('error', () => {});
    const chunk = Buffer.alloc(65_536);
    let bytes = 0;
    let isRefused = false;
    const send = () => {
      while (!isRefused && !sent.destroyed && bytes < 100_000_000) {
        bytes += chunk.length;
        if (!sent.write(chunk)) return;
      }
    };
    sent.on('drain', send);
    const status = await new Promise((resolve) => {
      sent.on('response', (response) => {
        isRefused = true;
        resolve(response.statusCode);
      });
      send();
    });
    sent.destroy();
    expect(status).toBe(413);
    expect(bytes).toBeLessThan(20_000_000);
  });

  it('is not asked for where it would be too large', async () => {
    const { url } = await start();
    const headers = { expect: '100-continue', 'content-length': '100000000' };
    const sent = request(`${url}/api/run`, { method: 'POST', headers });
    let wasWanted = false;
    sent.on('continue', () => {
      wasWanted = true;
    });
    sent.on('error', () => {});
    const status = await new Promise((resolve) => {
      sent.on('response', (response) => resolve(response.statusCode));
      sent.flushHeaders();
    });
    sent.destroy();
    expect([status, wasWanted]).toEqual([413, false]);
  });

  it('says how long it is', async () => {
    const { ask } = await start();
    const { status } = await ask('/api/run', { method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
    expect(status).toBe(411);
  });

  it('may be as large as is said, and holds no more than can be meant', async () => {
    const { post } = await start();
    const fits = JSON.stringify({ host: 'x'.repeat(MAX_BODY_BYTES - 20) });
    expect((await post('/api/run', fits)).json.fields).toEqual([
      expect.objectContaining({ field: 'host', message: expect.stringMatching(/^must not be that long/) }),
    ]);
    expect((await post('/api/run', `${fits}${' '.repeat(100)}`)).status).toBe(413);
    const many = { stages: Array.from({ length: 1_001 }, () => '1s:1') };
    expect((await post('/api/run', many)).json.fields[0].field).toBe('stages');
  });
});
describe('a token', () => {
  it('is drawn where others can reach the page, and without it there is nothing', async () => {
    const { port, token } = await start({ host: '0.0.0.0' });
    expect(token).toMatch(/^[\w-]{32}$/);
    const url = `http://127.0.0.1:${port}`;
    for (const path of ['/', '/page.js', '/api/run', '/api/events', '/stats/requests', '/api/results']) {
      const { status, json } = await askUrl(`${url}${path}`);
      expect([path, status, json.error.code]).toEqual([path, 401, 'TOKEN_NEEDED']);
    }
    const authorization = `Bearer ${token}`;
    expect((await askUrl(`${url}/api/run`, { headers: { authorization } })).status).toBe(200);
    expect((await askUrl(`${url}/stop`, { method: 'POST', headers: { authorization } })).status).toBe(200);
    for (const wrong of ['Bearer x', `Bearer ${token}x`, `Basic ${token}`, 'Bearer ']) {
      expect((await askUrl(`${url}/api/run`, { headers: { authorization: wrong } })).status).toBe(401);
    }
  });

  it('in the address becomes a cookie that scripts and other sites do not get', async () => {
    const { ask, post, url } = await start({ token: TOKEN });
    expect((await ask(`/?token=${TOKEN}x`)).status).toBe(401);
    const { status, headers } = await ask(`/?token=${TOKEN}`);
    expect([status, headers.location]).toEqual([303, '/']);
    const [set = ''] = headers['set-cookie'] ?? [];
    expect(set).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    const cookie = set.split(';')[0]!;
    expect((await ask('/api/run', { headers: { cookie } })).status).toBe(200);
    expect((await ask('/api/run', { headers: { cookie: `a=b; ${cookie}x` } })).status).toBe(401);
    expect((await post('/stop', undefined, { cookie, origin: url })).status).toBe(200);
    expect((await post('/stop', undefined, { cookie, origin: 'http://evil.example' })).status).toBe(403);
  });

  it('beyond loopback is not enough for a change that does not say where it comes from, but as a header', async () => {
    const { port } = await start({ host: '0.0.0.0', token: TOKEN });
    const url = `http://127.0.0.1:${port}/stop`;
    const method = 'POST';
    const cookie = `loadwright_token=${TOKEN}`;
    expect((await askUrl(url, { method, headers: { cookie } })).status).toBe(403);
    expect((await askUrl(url, { method, headers: { cookie, origin: `http://127.0.0.1:${port}` } })).status).toBe(200);
    expect((await askUrl(url, { method, headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(200);
    const host = `evil.example:${port}`;
    expect((await askUrl(url, { method, headers: { authorization: `Bearer ${TOKEN}`, host } })).status).toBe(421);
  });
});

describe('every answer', () => {
  it('forbids to be shown elsewhere, to be guessed, and to load anything', async () => {
    const { ask } = await start();
    for (const path of ['/api/run', '/api/results', '/nothing', '/stop']) {
      const { headers } = await ask(path);
      expect(headers).toMatchObject({
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('goes over TLS with a certificate', async () => {
    const file = (kind: string) =>
      fileURLToPath(new URL(`../../support/certificates/localhost.${kind}.pem`, import.meta.url));
    const { url, post, ask } = await start({ tls: { cert: file('cert'), key: file('key') } });
    expect(url).toMatch(/^https:/);
    expect((await ask('/api/run')).status).toBe(200);
    expect((await post('/stop', undefined, { origin: url })).status).toBe(200);
    expect((await post('/stop', undefined, { origin: url.replace('https', 'http') })).status).toBe(403);
  });

  it.each([
    ['cert', '/nowhere.pem'],
    ['key', fileURLToPath(new URL('../../support/certificates/elsewhere.key.pem', import.meta.url))],
  ])('says what is wrong with a %s', async (kind, path) => {
    const file = (name: string) =>
      fileURLToPath(new URL(`../../support/certificates/localhost.${name}.pem`, import.meta.url));
    const tls = { cert: file('cert'), key: file('key'), [kind]: path };
    await expect(start({ tls })).rejects.toMatchObject({ code: 'ERR_PAGE_NOT_SERVED', exitCode: 2 });
  });
});

describe('an address', () => {
  it('that is taken is said, with what to type', async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toMatchObject({
      code: 'ERR_PAGE_NOT_SERVED',
      message: expect.stringContaining(`port ${port} of 127.0.0.1 is taken`),
      hint: expect.stringContaining(`--web-port ${port + 1}`),
    });
  });

  it('that is not one of this machine is said', async () => {
    await expect(start({ host: '203.0.113.7' })).rejects.toMatchObject({ code: 'ERR_PAGE_NOT_SERVED' });
  });
});
