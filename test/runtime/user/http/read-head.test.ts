import { describe, expect, it } from 'vitest';
import { findHeader, HeaderList, LazyHeaders, MARKS } from '../../../../src/runtime/user/http/raw-headers.js';
import { readHead } from '../../../../src/runtime/user/http/read-head.js';

const read = (text: string) => {
  const bytes = Buffer.from(text, 'latin1');
  const head = readHead(bytes, bytes.length);
  return head === undefined ? undefined : { ...head };
};
const header = (...lines: string[]) => `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;

describe('a plain head', () => {
  it('is read with what matters to the connection', () => {
    const text = header('Content-LENGTH: 12', 'Keep-Alive: timeout=5, max=100', 'Content-Type: text/plain');
    expect(read(`${text}and a body`)).toMatchObject({
      status: 200,
      end: text.length,
      contentLength: 12,
      isChunked: false,
      staysOpen: true,
      idleLimitMs: 5000,
      typeLength: 10,
    });
    expect(read(header('Transfer-Encoding: Chunked', 'Connection: Close'))).toMatchObject({
      contentLength: -1,
      isChunked: true,
      staysOpen: false,
      idleLimitMs: -1,
    });
  });

  it('may lack the text of its status and the value of a header', () => {
    expect(read('HTTP/1.1 404\r\nX:\r\n\r\n')).toMatchObject({ status: 404, contentLength: -1 });
  });

  it('gives its headers to whoever looks', () => {
    const bytes = Buffer.from(header('Set-Cookie: a=b', 'X-A: \t c\xe9 ', 'Location: /x'), 'latin1');
    const headers = new LazyHeaders(bytes, readHead(bytes, bytes.length)!);
    expect([findHeader(headers, 'x-a'), findHeader(headers, 'location')]).toEqual(['c\xe9', '/x']);
    expect(headers.marks).toBe(MARKS['set-cookie'] | MARKS.location);
  });

  it.each(Object.keys(MARKS))('is asked for %s the same way as what another parser gave', (name) => {
    const lines = [`${name.toUpperCase()}: first`, 'Content-Typo: x', 'Set-Cookiee: x', `${name}: 2`, 'Locatio2: x'];
    const bytes = Buffer.from(header(...lines), 'latin1');
    const parts = lines.flatMap((line) => line.split(': ')).map((part) => Buffer.from(part, 'latin1'));
    const mark = MARKS[name as keyof typeof MARKS];
    for (const headers of [new LazyHeaders(bytes, readHead(bytes, bytes.length)!), new HeaderList(parts)]) {
      expect(headers).toMatchObject({ marks: mark, typeLength: name === 'content-type' ? 5 : 0 });
      expect(headers.valuesOf(name)).toEqual(['first', '2']);
      expect(findHeader(headers, 'x-none')).toBeUndefined();
      expect(headers.list().map(String)).toEqual(parts.map(String));
    }
  });
});

describe('left to another parser is', () => {
  it.each([
    ['a head that has not all come', header('Content-Length: 12').slice(0, -1)],
    ['another version', 'HTTP/1.0 200 OK\r\n\r\n'],
    ['an interim answer', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a line without CR', 'HTTP/1.1 200 OK\nX: y\r\n\r\n'],
    ['a folded line', header('X: y', ' z')],
    ['a space before the colon', header('X : y')],
    ['a line without a name', header(': y')],
    ['a control character', header('X: a\0b')],
    ['two lengths', header('Content-Length: 5', 'Content-Length: 5')],
    ['a length that is no number', header('Content-Length: 5x')],
    ['no length at all', header('Content-Length: ')],
    ['a length beyond counting', header('Content-Length: 9999999999999999')],
    ['a length and chunks', header('Content-Length: 5', 'Transfer-Encoding: chunked')],
    ['another coding', header('Transfer-Encoding: gzip, chunked')],
    ['a connection with more to say', header('Connection: keep-alive, Upgrade')],
    ['an upgrade', header('Upgrade: h2c')],
    ['a long head', header(`X: ${'y'.repeat(9000)}`)],
  ])('%s', (_what, text) => {
    expect(read(text)).toBeUndefined();
  });

  it('a head whose end is of an earlier answer in the same memory', () => {
    const bytes = Buffer.from(header('Content-Length: 12'), 'latin1');
    for (let length = 0; length < bytes.length; length++) expect(readHead(bytes, length)).toBeUndefined();
  });
});
