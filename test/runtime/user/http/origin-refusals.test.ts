import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/metrics/clock.js';
import type { Sample } from '../../../../src/metrics/sample.js';
import type { HttpSettings } from '../../../../src/runtime/http-settings.js';
import { CallScope } from '../../../../src/runtime/user/call-scope.js';
import { AllowedOrigins } from '../../../../src/runtime/user/http/allowed-origins.js';
import { HttpEngine, type HttpEngineOptions } from '../../../../src/runtime/user/http/http-engine.js';
import type { RequestOptions } from '../../../../src/runtime/user/http/http-types.js';
import { Session } from '../../../../src/runtime/user/http/session.js';
import { ScopedHttp } from '../../../../src/runtime/user/http-client.js';
import { HTTP_SETTINGS } from '../../../support/http-harness.js';
import { closeServers, startEcho } from '../../../support/small-servers.js';

const sessions: Session[] = [];

afterEach(async () => {
  for (const session of sessions.splice(0)) session.close({ all: true });
  await closeServers();
});

interface Guard {
  host?: string;
  /** The only origins that are allowed, this machine being none of them. */
  only?: string[];
  settings?: Partial<HttpSettings>;
}

/** A user whose requests are guarded, and everything that left the guard. */
function createGuarded({ host, only, settings }: Guard) {
  const samples: Sample[] = [];
  const begun: string[] = [];
  const told: string[] = [];
  const lookedUp: string[] = [];
  const options: HttpEngineOptions = {
    settings: { ...HTTP_SETTINGS, ...settings },
    recorder: {
      begun: (_method, name) => begun.push(name),
      finished: (sample) => samples.push({ ...sample }),
      interrupted: () => {},
    },
    clock: systemClock,
    userAgent: 'loadwright/test',
    lookup: (name, _options, listener) => {
      lookedUp.push(name);
      listener(null, [{ address: '127.0.0.1' }]);
    },
    onOriginRefused: (reason) => told.push(reason),
  };
  if (only !== undefined) {
    options.allowedOrigins = new AllowedOrigins({ allowsAll: false, hosts: only, localIsAllowed: false });
  }
  const session = new Session(new HttpEngine(options), host);
  sessions.push(session);
  const http = new ScopedHttp(session, new CallScope({ onResume: () => {}, onLeftBehind: () => {} }));
  return { http, samples, begun, told, lookedUp };
}

/** Two servers on two ports: `home` redirects to wherever the path says after `/to/`. */
async function startTwo() {
  const home = await startEcho((seen, _request, response) => {
    const location = seen.url.startsWith('/to/') ? decodeURIComponent(seen.url.slice(4)) : undefined;
    if (location === undefined) response.end('home');
    else response.writeHead(307, { location }).end();
  });
  const other = await startEcho();
  return { home, other, redirectTo: (url: string) => `/to/${encodeURIComponent(url)}` };
}

describe('a request to an origin that is not allowed', () => {
  it('is refused before anything is connected to, sent or counted', async () => {
    const { home, other } = await startTwo();
    const { http, begun, samples } = createGuarded({ host: home.url, only: [home.host] });
    expect((await http.get('/')).ok).toBe(true);
    await expect(http.get(`${other.url}/x`)).rejects.toMatchObject({
      code: 'ERR_ORIGIN_REFUSED',
      message: `${other.url} is neither on this machine nor allowed, so nothing was sent to it.`,
      hint: expect.stringContaining(`--allow-host ${other.host}`),
    });
    expect((await http.get('/')).ok).toBe(true);
    expect(other.connections).toBe(0);
    expect([begun.length, samples.length]).toEqual([2, 2]);
  });

  it.each<[string, string, RequestOptions]>([
    ['text', 'POST', { json: { a: 1 } }],
    ['a form whose encoding takes a moment', 'POST', { body: new Blob(['x']) }],
    ['credentials', 'GET', { auth: { bearer: 'abc' }, headers: { host: 'localhost' } }],
    ['nothing', 'HEAD', {}],
  ])('is refused with %s', async (_what, method, options) => {
    const { home, other } = await startTwo();
    const { http, begun } = createGuarded({ host: home.url, only: [home.host] });
    await expect(http.request(method, other.url, options)).rejects.toMatchObject({ code: 'ERR_ORIGIN_REFUSED' });
    expect([other.connections, begun.length]).toEqual([0, 0]);
  });

  it('is refused for the host itself, whatever is before its paths', async () => {
    const { home } = await startTwo();
    const { http } = createGuarded({ host: `${home.url.replace('//', '//kim:geheim@')}/api`, only: ['a.test'] });
    const refusal = http.get('/x');
    await expect(refusal).rejects.toMatchObject({ code: 'ERR_ORIGIN_REFUSED' });
    await expect(refusal).rejects.not.toThrow(/geheim/);
    expect(home.connections).toBe(0);
  });

  it('looks no name up', async () => {
    const { http, lookedUp } = createGuarded({ settings: { allowedHosts: ['a.test'] } });
    await expect(http.get('http://evil-localhost.test/')).rejects.toMatchObject({ code: 'ERR_ORIGIN_REFUSED' });
    await expect(http.get('http://127.0.0.1.a.test.b/')).rejects.toMatchObject({ code: 'ERR_ORIGIN_REFUSED' });
    expect(lookedUp).toEqual([]);
  });

  it('is told of once, also if the scenario catches the error', async () => {
    const { http, told } = createGuarded({ settings: { allowsAllHosts: false } });
    for (const name of ['a.test:81', 'b.test']) await http.get(`http://${name}/`).catch(() => {});
    expect(told).toEqual([
      'ERR_ORIGIN_REFUSED, http://a.test:81 is neither local nor allowed (try --allow-host a.test:81)',
    ]);
  });
});

describe('a request to an origin that is allowed', () => {
  it('is sent: by name, with --yes, and without any rules', async () => {
    const { home } = await startTwo();
    for (const settings of [{ allowedHosts: ['a.test'] }, { allowsAllHosts: true }, {}]) {
      const { http, lookedUp, told } = createGuarded({ settings });
      expect((await http.get(`http://a.test:${home.port}/`)).ok).toBe(true);
      expect([lookedUp, told]).toEqual([['a.test'], []]);
    }
  });

  it('is sent if it is local', async () => {
    const { home } = await startTwo();
    const { http } = createGuarded({ settings: { allowedHosts: [] } });
    for (const name of ['127.0.0.1', 'localhost', 'shop.localhost', '[::ffff:127.0.0.1]']) {
      expect((await http.get(`http://${name}:${home.port}/`)).status, name).toBe(200);
    }
  });
});

describe('a redirect to an origin that is not allowed', () => {
  it('fails its request, and sends nothing', async () => {
    const { home, other, redirectTo } = await startTwo();
    const { http, samples, told } = createGuarded({ host: home.url, only: [home.host] });
    const response = await http.post(redirectTo(`${other.url}/x`), { json: { password: 'pw' }, name: 'away' });
    const error = `redirect to ${other.url}, which is not allowed (--allow-host ${other.host})`;
    expect(response).toMatchObject({ ok: false, status: 307, error });
    expect(samples).toMatchObject([{ method: 'POST', name: 'away', status: 307, error, hops: 0 }]);
    expect(other.connections).toBe(0);
    expect(told).toEqual([]);
    expect((await http.get('/')).ok).toBe(true);
    expect(home.connections).toBe(1);
  });

  it('fails at a later hop too, and looks no name up', async () => {
    const { home, redirectTo } = await startTwo();
    const { http, lookedUp } = createGuarded({ host: home.url, settings: { allowedHosts: [] } });
    const response = await http.get(redirectTo(redirectTo('http://away.test/x')));
    expect(response.error).toBe('redirect to http://away.test, which is not allowed (--allow-host away.test)');
    expect(lookedUp).toEqual([]);
  });

  it('is the answer where redirects are not followed', async () => {
    const { home, redirectTo } = await startTwo();
    const { http } = createGuarded({ host: home.url, settings: { allowedHosts: [] } });
    const response = await http.get(redirectTo('http://away.test/'), { followRedirects: false });
    expect(response).toMatchObject({ ok: true, status: 307 });
  });

  it('is followed when it is allowed', async () => {
    const { home, other, redirectTo } = await startTwo();
    const { http } = createGuarded({ host: home.url, only: [home.host, other.host] });
    expect(await http.get(redirectTo(`${other.url}/x`))).toMatchObject({ ok: true, url: `${other.url}/x` });
  });
});
