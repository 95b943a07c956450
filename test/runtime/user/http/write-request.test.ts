import { describe, expect, it } from 'vitest';
import type { OutgoingRequest } from '../../../../src/runtime/user/http/connection.js';
import { HeadPrefix, HeadWriter } from '../../../../src/runtime/user/http/write-request.js';

const BASE = ['user-agent', 'loadwright', 'accept', '*/*'];
const prefix = new HeadPrefix('target.test', BASE);
const START = 'host: target.test\r\nconnection: keep-alive\r\nuser-agent: loadwright\r\naccept: */*\r\n';

function request(changes: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return {
    method: 'GET',
    path: '/a',
    headers: [...BASE, 'x-one', '1'],
    body: null,
    discardsBody: false,
    reset: false,
    ...changes,
  };
}

/** Requests of one connection after one another, and what one that knows nothing of the others makes of each. */
function expectSameHeads(requests: readonly [OutgoingRequest, number | undefined][]): void {
  const heads = new HeadWriter();
  const all = requests.map(([one, bytes]) => heads.headOf(one, bytes, prefix));
  const alone = requests.map(([one, bytes]) => new HeadWriter().headOf(one, bytes, prefix));
  expect(all).toEqual(alone);
}

describe('the head of a request', () => {
  it('has the line of the request, the host, and the headers as they are', () => {
    const head = new HeadWriter().headOf(request(), undefined, prefix);
    expect(head).toBe(`GET /a HTTP/1.1\r\n${START}x-one: 1\r\n\r\n`);
  });

  it('tells the length of a body, also of none where one is expected', () => {
    const post = request({ method: 'POST' });
    const heads = new HeadWriter();
    expect(heads.headOf(post, 12, prefix)).toBe(`POST /a HTTP/1.1\r\n${START}x-one: 1\r\ncontent-length: 12\r\n\r\n`);
    expect(heads.headOf(post, 0, prefix)).toBe(`POST /a HTTP/1.1\r\n${START}x-one: 1\r\ncontent-length: 0\r\n\r\n`);
  });

  it('is that of its own request, whatever was sent before', () => {
    const token = ['authorization', `Bearer ${'x'.repeat(200)}`];
    const other = ['authorization', `Bearer ${'x'.repeat(199)}y`];
    const kinds = [
      request(),
      request({ path: '/b' }),
      request({ method: 'HEAD' }),
      request({ headers: [...BASE, 'x-one', '2'] }),
      request({ headers: [...BASE, 'x-two', '1'] }),
      request({ headers: [...BASE, 'x-one', '1', 'x-two', '1'] }),
      request({ headers: [...BASE, ...token] }),
      request({ headers: [...BASE, ...other] }),
      request({ headers: [...BASE] }),
      request({ headers: ['user-agent', 'mine', 'accept', '*/*', 'x-one', '1'] }),
      request({ reset: true }),
    ];
    const lengths = [undefined, 0, 7];
    const all = kinds.flatMap((one) => lengths.map((bytes) => [one, bytes] as [OutgoingRequest, number | undefined]));
    // Each after each, the same one twice among them.
    for (const first of all) for (const second of all) expectSameHeads([first, second, second, first]);
  });

  it('follows a request that became another one', () => {
    const heads = new HeadWriter();
    const moved = request();
    heads.headOf(moved, undefined, prefix);
    moved.path = '/b';
    moved.headers = [...BASE, 'x-one', '2'];
    expect(heads.headOf(moved, undefined, prefix)).toBe(`GET /b HTTP/1.1\r\n${START}x-one: 2\r\n\r\n`);
  });
});
