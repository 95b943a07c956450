import { afterEach, describe, expect, it } from 'vitest';
import type { Expectation, ExpectFunction } from '../../../../src/runtime/user/http/http-types.js';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, startHttp } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

/** Answers `/<status>` with that status and a JSON body; other types and bytes as the tests say. */
async function start(body: string | Uint8Array = '{"n":1}', type = 'application/json') {
  const server = await startHttp((request, response) => {
    const status = Number(request.url!.slice(1, 4));
    response.writeHead(status, { 'content-type': type, 'X-Id': ['a', 'b'] }).end(body);
  });
  return { ...createHarness({ host: server.url }), server };
}

describe('expect', () => {
  it.each<[number, Expectation | undefined, string | undefined]>([
    [200, undefined, undefined],
    [399, undefined, undefined],
    [404, undefined, 'status 404 Not Found'],
    [500, undefined, 'status 500 Internal Server Error'],
    [599, undefined, 'status 599'],
    [201, 201, undefined],
    [200, 201, 'expected status 201, got 200'],
    [404, 404, undefined],
    [200, [], 'expected status none, got 200'],
    [404, [200, 404], undefined],
    [500, [200, 404], 'expected status 200 or 404, got 500'],
    [200, () => true, undefined],
    [200, () => undefined, undefined],
    [200, () => false, 'the answer is not as expected'],
    [200, () => 'too few', 'too few'],
    [200, (response) => response.json<{ n: number }>().n === 1, undefined],
    [500, () => 'must not be asked', 'status 500 Internal Server Error'],
    [404, { status: 404 }, undefined],
    [404, { status: [200, 404], body: () => 'looked' }, 'looked'],
    [500, { status: 404, body: () => 'must not be asked' }, 'expected status 404, got 500'],
    [200, { body: () => 'looked' }, 'looked'],
    [500, { body: () => 'must not be asked' }, 'status 500 Internal Server Error'],
    [200, {}, undefined],
  ])('judges %i by %o: %s', async (status, expectation, error) => {
    const { http, onlySample } = await start();
    const response = await http.get(`/${status}`, expectation === undefined ? {} : { expect: expectation });
    expect(response).toMatchObject({ status, ok: error === undefined, error });
    expect(onlySample()).toMatchObject({ status, error });
  });

  it.each<[string, () => never, string]>([
    [
      'an error',
      () => {
        throw new Error('list is empty');
      },
      'list is empty',
    ],
    [
      'a text',
      () => {
        throw 'bare words';
      },
      'bare words',
    ],
    [
      'an error without a message',
      () => {
        throw new RangeError();
      },
      'RangeError',
    ],
  ])('fails the request when its function throws %s', async (_what, throwing, error) => {
    const { http, onlySample } = await start();
    expect(await http.get('/200', { expect: throwing })).toMatchObject({ ok: false, error });
    expect(onlySample().error).toBe(error);
  });

  it('refuses a function that returns a promise, and counts the request as failed', async () => {
    const { http, onlySample } = await start();
    const wrong = (async () => {
      throw new Error('nobody waits');
    }) as unknown as ExpectFunction;
    await expect(http.get('/200', { expect: wrong })).rejects.toMatchObject({ code: 'ERR_REQUEST_INVALID' });
    expect(onlySample()).toMatchObject({ status: 200, error: expect.stringContaining('returned a promise') });
    expect((await http.get('/200')).ok).toBe(true);
  });

  it('is not asked when there was no answer', async () => {
    const { http } = createHarness({ host: 'http://127.0.0.1:1' });
    const response = await http.get('/', { expect: { status: 0, body: () => true } });
    expect(response).toMatchObject({ ok: false, status: 0, error: 'connection refused by 127.0.0.1:1' });
  });

  it('sees a response that is not judged yet, with everything in it', async () => {
    const { http } = await start();
    let seen: unknown[] = [];
    await http.get('/200', {
      expect: (response) => {
        seen = [response.ok, response.error, response.headers.get('content-type'), response.timings.serviceMs > 0];
        return true;
      },
    });
    expect(seen).toEqual([true, undefined, 'application/json', true]);
  });
});

describe('required', () => {
  it('rejects when the request failed, which is counted once', async () => {
    const { http, onlySample } = await start();
    const sending = http.get('/500', { required: true, name: 'login' });
    await expect(sending).rejects.toMatchObject({
      name: 'RequiredRequestFailed',
      message: 'login: status 500 Internal Server Error',
    });
    expect(onlySample().error).toBe('status 500 Internal Server Error');
  });

  it('resolves when it succeeded', async () => {
    const { http } = await start();
    expect((await http.get('/404', { required: true, expect: 404 })).ok).toBe(true);
  });

  it('rejects when there was no answer', async () => {
    const { http } = createHarness({ host: 'http://127.0.0.1:1' });
    await expect(http.get('/x', { required: true })).rejects.toThrow('/x: connection refused by 127.0.0.1:1');
  });
});

describe('what a response gives', () => {
  it('has headers of any case, lists joined, and its address', async () => {
    const { http, server } = await start();
    const response = await http.get('/200?x=1');
    expect(response.headers.get('x-id')).toBe('a, b');
    expect(response.headers).toBe(response.headers);
    expect(response.url).toBe(`${server.url}/200?x=1`);
  });

  it.each<[string, string | Uint8Array, string, string]>([
    ['an empty body', '', 'application/json', 'the answer is not JSON but an empty body (status 200)'],
    ['a page', '<html>', 'text/html; charset=utf-8', 'the answer is not JSON but text/html (status 200)'],
    ['broken JSON', '{"a":', 'application/json', 'the answer is not JSON but application/json (status 200)'],
  ])('throws from json() for %s', async (_what, body, type, message) => {
    const { http, samples } = await start(body, type);
    const response = await http.get('/200');
    expect(response.ok).toBe(true);
    expect(() => response.json()).toThrow(expect.objectContaining({ name: 'NotJson', message, response }));
    expect(await http.get('/200', { expect: (answer) => answer.json<{ n: 1 }>().n === 1 })).toMatchObject({
      ok: false,
      error: message,
    });
    expect(samples.map(({ error }) => error)).toEqual([undefined, message]);
  });

  it('throws from json() when there was no answer, with the reason', async () => {
    const { http } = createHarness({ host: 'http://127.0.0.1:1' });
    const response = await http.get('/');
    expect(() => response.json()).toThrow('there is no answer to read as JSON: connection refused by 127.0.0.1:1');
    expect([response.text(), response.bytes().length, [...response.headers].length]).toEqual(['', 0, 0]);
  });

  it.each<[string, Uint8Array, string, string]>([
    ['UTF-8 without saying so', Buffer.from('"한글"'), 'application/json', '"한글"'],
    ['UTF-8 with a mark', Buffer.from('\ufeff"한글"'), 'application/json', '"한글"'],
    ['EUC-KR', Buffer.from([0x22, 0xc7, 0xd1, 0xb1, 0xdb, 0x22]), 'application/json; charset=EUC-KR', '"한글"'],
    ['EUC-KR in quotes', Buffer.from([0x22, 0xc7, 0xd1, 0x22]), 'application/json; charset="euc-kr"; x=y', '"한"'],
    ['a short type', Buffer.from([0x22, 0xe9, 0x22]), 'text/x;charset=latin1', '"é"'],
    ['UTF-16', Buffer.from('\ufeff"한글"', 'utf16le'), 'application/json; charset=utf-16le', '"한글"'],
    ['a charset nobody knows', Buffer.from('"한글"'), 'application/json; charset=klingon', '"한글"'],
  ])('reads %s', async (_what, body, type, text) => {
    const { http } = await start(body, type);
    const response = await http.get('/200');
    expect(response.text()).toBe(text);
    expect(response.json()).toBe(JSON.parse(text));
    expect(Buffer.from(response.bytes())).toEqual(Buffer.from(body));
  });

  it('joins a body of many parts', async () => {
    const part = Buffer.alloc(100_000, 'abc');
    const server = await startHttp(async (_request, response) => {
      for (let count = 0; count < 10; count++) response.write(part);
      response.end();
    });
    const { http, onlySample } = createHarness({ host: server.url });
    expect((await http.get('/')).bytes().length).toBe(1_000_000);
    expect(onlySample().bytesReceived).toBe(1_000_000);
  });
});
