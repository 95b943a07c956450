import { describe, expect, it } from 'vitest';
import { ChunkedBody } from '../../../../src/runtime/user/http/chunked-body.js';

const BODY = Buffer.from('5\r\nhello\r\n00A\r\n, world!!!\r\n0\r\n\r\n');

function readAll(body: ChunkedBody, bytes: Buffer) {
  let text = '';
  const end = body.read(bytes, { from: 0, to: bytes.length }, (from, to) => {
    text += bytes.toString('latin1', from, to);
  });
  return { text, end };
}

describe('a body in chunks', () => {
  it('is the same wherever it is cut', () => {
    for (let cut = 0; cut <= BODY.length; cut++) {
      const body = new ChunkedBody();
      const first = readAll(body, BODY.subarray(0, cut));
      const rest = readAll(body, BODY.subarray(cut));
      expect([first.text + rest.text, first.end + rest.end]).toEqual(['hello, world!!!', BODY.length]);
      expect(body.isComplete).toBe(true);
    }
  });

  it('stops behind its end', () => {
    const body = new ChunkedBody();
    expect(readAll(body, Buffer.concat([BODY, Buffer.from('HTTP/1.1 200')])).end).toBe(BODY.length);
    expect(body.isComplete).toBe(true);
  });

  it.each([
    ['5;a=b\r\nhello', 1],
    ['\r\nhello', 0],
    ['5\rx', 2],
    ['2\r\nokx', 5],
    ['2\r\nok\rx', 6],
    ['0\r\nTrailer: x\r\n\r\n', 3],
    ['0\r\n\rx', 4],
    ['fffffffff\r\n', 7],
    ['g\r\n', 0],
  ])('stops at what is not plain: %j', (text, at) => {
    const body = new ChunkedBody();
    expect(readAll(body, Buffer.from(text)).end).toBe(at);
    expect(body.isComplete).toBe(false);
  });

  it('can be gone on with by another parser, from wherever it is', () => {
    for (let cut = 0; cut < BODY.length; cut++) {
      const body = new ChunkedBody();
      const { text } = readAll(body, BODY.subarray(0, cut));
      const { text: replayed, skip } = body.replay();
      const other = new ChunkedBody();
      const more = readAll(other, Buffer.concat([Buffer.from(replayed), BODY.subarray(cut)]));
      expect(text + more.text.slice(skip)).toBe('hello, world!!!');
      expect(other.isComplete).toBe(true);
    }
  });
});
