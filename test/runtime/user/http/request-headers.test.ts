import { afterEach, describe, expect, it } from 'vitest';
import type { RequestDefaults, RequestOptions } from '../../../../src/runtime/user/http/http-types.js';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, startEcho } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

async function headersOf(defaults: RequestDefaults, options: RequestOptions, credentials = '') {
  const server = await startEcho();
  const { http } = createHarness({ host: server.url.replace('//', `//${credentials}`) });
  http.setDefaults(defaults);
  await http.get('/', options);
  return server.last();
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('headers', () => {
  it('sends some by itself, each once', async () => {
    const { headers, rawHeaders } = await headersOf({}, {});
    expect(headers).toMatchObject({
      'user-agent': 'loadwright/test',
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br',
      connection: 'keep-alive',
    });
    expect(rawHeaders.length).toBe(10);
  });

  it('lets a request override defaults, whatever the case of the names', async () => {
    const { headers, rawHeaders } = await headersOf(
      { headers: { 'X-One': 'default', 'x-two': 'default', ACCEPT: 'text/html' } },
      { headers: { 'x-one': 'mine', 'X-Three': 'mine', 'User-Agent': 'me' } },
    );
    expect(headers).toMatchObject({ 'x-one': 'mine', 'x-two': 'default', 'x-three': 'mine', accept: 'text/html' });
    expect(headers['user-agent']).toBe('me');
    const names = rawHeaders.filter((_text, at) => at % 2 === 0).map((name) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
  });

  it('leaves out what is undefined, and replaces defaults as a whole', async () => {
    const server = await startEcho();
    const { http } = createHarness({ host: server.url });
    http.setDefaults({ headers: { 'x-one': '1' } });
    await http.get('/', { headers: { 'x-one': undefined, 'x-two': undefined } });
    expect(server.last().headers).toMatchObject({ 'x-one': '1' });
    http.setDefaults({ headers: { 'x-three': '3' } });
    await http.get('/');
    expect(server.last().headers['x-one']).toBeUndefined();
    expect(server.last().headers['x-three']).toBe('3');
  });

  it('does not follow what is done to the object of defaults later', async () => {
    const server = await startEcho();
    const { http } = createHarness({ host: server.url });
    const defaults: { auth?: { bearer: string } } = {};
    http.setDefaults(defaults);
    defaults.auth = { bearer: 'late' };
    await http.get('/');
    expect(server.last().headers.authorization).toBeUndefined();
  });

  it('sends what is no text as text, as it is at the time', async () => {
    const server = await startEcho();
    const { http } = createHarness({ host: server.url });
    const numbers: number[] = Array.from({ length: 50 }, () => 1);
    for (const number of [7, 8]) {
      numbers.push(number);
      await http.get('/', { headers: { 'x-numbers': numbers, 'x-none': null } as never });
      expect(server.last().headers).toMatchObject({ 'x-numbers': numbers.join(), 'x-none': 'null' });
    }
    const broken = { 'x-numbers': [`${numbers}\r\nx-more: 1`] } as never;
    await expect(http.get('/', { headers: broken })).rejects.toThrow(/"x-numbers"/);
  });

  it('looks through a long value whenever it is another one', async () => {
    const server = await startEcho();
    const { http } = createHarness({ host: server.url });
    const token = 'x'.repeat(200);
    for (const value of [token, token, `${token}y`]) {
      await http.get('/', { headers: { authorization: value } });
      expect(server.last().headers.authorization).toBe(value);
    }
    for (const value of [`${token}\n`, `${token.slice(1)}\r`]) {
      await expect(http.get('/', { headers: { authorization: value } })).rejects.toThrow(/"authorization"/);
      await expect(http.get('/', { auth: { bearer: value } })).rejects.toThrow(/"authorization"/);
    }
  });

  it('sends Latin-1 values and its own host name', async () => {
    const { headers } = await headersOf({}, { headers: { 'x-name': 'é', host: 'shop.test' } });
    expect(headers['x-name']).toBe('é');
    expect(headers.host).toBe('shop.test');
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['Korean in a value', { 'x-name': '한글' }, /"x-name" holds a character that headers cannot carry/],
    ['a line break in a value', { 'x-name': 'a\r\nx-other: b' }, /"x-name" holds a character/],
    ['a blank in a name', { 'x name': 'a' }, /cannot be the name of a header/],
    ['an empty name', { '': 'a' }, /cannot be the name of a header/],
    ['a Korean name', { 이름: 'a' }, /cannot be the name of a header/],
    ['transfer-encoding', { 'Transfer-Encoding': 'chunked' }, /is the connection's own/],
    ['expect', { expect: '100-continue' }, /is the connection's own/],
  ])('refuses %s before anything is counted, without showing the value', async (_what, headers, message) => {
    const { http, begun } = createHarness({ host: 'http://127.0.0.1:1' });
    const sending = http.get('/', { headers });
    await expect(sending).rejects.toMatchObject({ code: 'ERR_REQUEST_INVALID' });
    await expect(sending).rejects.toThrow(message);
    await expect(sending).rejects.not.toThrow(/한글/);
    http.setDefaults({ headers });
    await expect(http.get('/')).rejects.toThrow(message);
    expect(begun).toEqual([]);
  });

  it('closes the connection if a request asks for it', async () => {
    const server = await startEcho();
    const { http } = createHarness({ host: server.url });
    await http.get('/', { headers: { connection: 'close' } });
    expect(server.last().headers.connection).toBe('close');
    await http.get('/');
    expect(server.connections).toBe(2);
  });
});

describe('auth', () => {
  it.each<[string, RequestDefaults, RequestOptions, string, string | undefined]>([
    ['nothing', {}, {}, '', undefined],
    ['basic, as UTF-8', {}, { auth: { username: 'kim', password: '비밀:1' } }, '', basic('kim:비밀:1')],
    ['bearer', {}, { auth: { bearer: 'abc' } }, '', 'Bearer abc'],
    ['the address', {}, {}, 'kim:a%40b@', basic('kim:a@b')],
    ['an address that is not quite encoded', {}, {}, 'kim:50%@', basic('kim:50%')],
    ['defaults', { auth: { bearer: 'abc' } }, {}, '', 'Bearer abc'],
    ['defaults over the address', { headers: { authorization: 'Token x' } }, {}, 'kim:pw@', 'Token x'],
    ['the request over defaults', { auth: { bearer: 'abc' } }, { auth: { bearer: 'mine' } }, '', 'Bearer mine'],
    ['a header over auth', {}, { auth: { bearer: 'abc' }, headers: { Authorization: 'Token x' } }, '', 'Token x'],
  ])('takes it from %s', async (_what, defaults, options, credentials, authorization) => {
    expect((await headersOf(defaults, options, credentials)).headers.authorization).toBe(authorization);
  });

  it('takes it from an absolute address, and the host’s for one without', async () => {
    const server = await startEcho();
    const { http } = createHarness({ host: server.url.replace('//', '//home:pw@') });
    await http.get(`${server.url.replace('//', '//lee:pw@')}/`);
    expect(server.last().headers.authorization).toBe(basic('lee:pw'));
    await http.get(`${server.url}/`);
    expect(server.last().headers.authorization).toBe(basic('home:pw'));
  });

  it('keeps defaults that are credentials from other origins', async () => {
    const home = await startEcho();
    const other = await startEcho();
    const { http } = createHarness({ host: home.url.replace('//', '//kim:pw@') });
    http.setDefaults({ auth: { bearer: 'abc' }, headers: { Cookie: 'id=1', 'X-Kept': 'yes' } });
    await http.get(`${other.url}/`);
    expect(other.last().headers).toMatchObject({ 'x-kept': 'yes' });
    expect(other.last().headers.authorization).toBeUndefined();
    expect(other.last().headers.cookie).toBeUndefined();
    http.setDefaults({ headers: { Authorization: 'Bearer abc' } });
    await http.get(`${other.url}/`);
    expect(other.last().headers.authorization).toBeUndefined();
    await http.get(`${other.url}/`, { auth: { bearer: 'meant' } });
    expect(other.last().headers.authorization).toBe('Bearer meant');
    await http.get(`${home.url}/`);
    expect(home.last().headers.authorization).toBe('Bearer abc');
  });

  it('never shows a token that cannot be sent', async () => {
    const { http } = createHarness({ host: 'http://127.0.0.1:1' });
    await expect(http.get('/', { auth: { bearer: 'geheim\n' } })).rejects.not.toThrow(/geheim/);
  });
});
