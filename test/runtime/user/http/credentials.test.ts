import { afterEach, describe, expect, it } from 'vitest';
import type { RequestDefaults, RequestOptions } from '../../../../src/runtime/user/http/http-types.js';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, startEcho } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

/** Two origins that send each other what `/there` asks for, and back again from `/back`. */
async function startPair() {
  const other = await startEcho((seen, _request, response) => {
    if (seen.url === '/back') response.writeHead(307, { location: `${home.url}/end` });
    response.end();
  });
  const home = await startEcho((seen, _request, response) => {
    if (seen.url === '/there') response.writeHead(307, { location: `${other.url}/end` });
    if (seen.url === '/there-and-back') response.writeHead(307, { location: `${other.url}/back` });
    if (seen.url === '/sneaky') {
      response.writeHead(307, { location: `${other.url.replace('//', '//kim:pw@')}/end` });
    }
    response.end();
  });
  return { home, other };
}

type Source = [what: string, credentials: string, defaults: RequestDefaults, options: RequestOptions];
const SOURCES: Source[] = [
  ['the address of the host', 'kim:pw@', {}, {}],
  ['auth of the defaults', '', { auth: { bearer: 'abc' } }, {}],
  ['a header of the defaults', '', { headers: { AUTHORIZATION: 'Token abc' } }, {}],
  ['auth of the request', '', {}, { auth: { username: 'kim', password: 'pw' } }],
  ['a header of the request', '', {}, { headers: { Authorization: 'Token abc' } }],
];

describe('authorization', () => {
  it.each(SOURCES)('from %s stays at home when a redirect leaves', async (_what, credentials, defaults, options) => {
    const { home, other } = await startPair();
    const { http } = createHarness({ host: home.url.replace('//', `//${credentials}`) });
    http.setDefaults(defaults);
    await http.get('/there', options);
    expect(home.last().headers.authorization).toBeDefined();
    expect(other.last().url).toBe('/end');
    expect(other.last().headers.authorization).toBeUndefined();
  });

  it.each(SOURCES)('from %s does not come back with the redirect', async (_what, credentials, defaults, options) => {
    const { home, other } = await startPair();
    const { http } = createHarness({ host: home.url.replace('//', `//${credentials}`) });
    http.setDefaults(defaults);
    await http.get('/there-and-back', options);
    expect([other.requests.length, home.last().url]).toEqual([1, '/end']);
    expect(other.last().headers.authorization).toBeUndefined();
    expect(home.last().headers.authorization).toBeUndefined();
  });

  it('is not taken from the address of a redirect', async () => {
    const { home, other } = await startPair();
    await createHarness({ host: home.url }).http.get('/sneaky');
    expect(other.last().url).toBe('/end');
    expect(other.last().headers.authorization).toBeUndefined();
  });

  it.each(SOURCES.slice(0, 3))('from %s is not for absolute addresses elsewhere', async (_what, login, defaults) => {
    const { home, other } = await startPair();
    const { http } = createHarness({ host: home.url.replace('//', `//${login}`) });
    http.setDefaults(defaults);
    await http.get(`${other.url}/x`);
    expect(other.last().headers.authorization).toBeUndefined();
    await http.get(`${home.url}/x`);
    expect(home.last().headers.authorization).toBeDefined();
  });
});

describe('without a host', () => {
  it.each<[string, RequestDefaults]>([
    ['auth', { auth: { bearer: 'geheim' } }],
    ['authorization', { headers: { Authorization: 'Bearer geheim' } }],
    ['a cookie', { headers: { cookie: 'id=geheim' } }],
  ])('%s among the defaults belongs to nobody, so nothing is sent', async (_what, defaults) => {
    const { other } = await startPair();
    const { http, begun } = createHarness();
    http.setDefaults(defaults);
    const refusal = http.get(`${other.url}/x`);
    await expect(refusal).rejects.toMatchObject({
      code: 'ERR_REQUEST_INVALID',
      message: expect.stringContaining('no host was given'),
      hint: expect.stringContaining('--host'),
    });
    await expect(refusal).rejects.not.toThrow(/geheim/);
    expect([other.connections, begun.length]).toEqual([0, 0]);
  });

  it('other defaults, and the credentials of a request, are sent', async () => {
    const { other } = await startPair();
    const { http } = createHarness();
    http.setDefaults({ headers: { 'x-one': '1', authorization: undefined } });
    await http.get(`${other.url}/x`, { auth: { bearer: 'abc' } });
    expect(other.last().headers).toMatchObject({ 'x-one': '1', authorization: 'Bearer abc' });
  });
});
