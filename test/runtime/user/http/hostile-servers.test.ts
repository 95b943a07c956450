import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, startRaw } from '../../../support/small-servers.js';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const MIDDLE = 'the server closed the connection in the middle of the answer';
const SILENT = 'the server closed the connection without an answer';

const stray: unknown[] = [];
const noteStray = (error: unknown) => stray.push(error);

beforeEach(() => {
  process.on('uncaughtException', noteStray);
  process.on('unhandledRejection', noteStray);
});

afterEach(async () => {
  closeHarnesses();
  await closeServers();
  process.off('uncaughtException', noteStray);
  process.off('unhandledRejection', noteStray);
  expect(stray.splice(0)).toEqual([]);
});

type Behave = (socket: Socket) => void;

/** Behaves badly to `/bad`, whether or not with a body, and well to all else. */
function startHostile(behave: Behave) {
  return startRaw((socket) => {
    socket.on('data', (chunk) => {
      if (chunk.toString('latin1').includes(' /bad ')) behave(socket);
      else if (chunk.toString('latin1').includes(' HTTP/1.1\r\n')) socket.write(OK);
    });
    socket.on('end', () => socket.end());
  });
}

const write =
  (text: string): Behave =>
  (socket) =>
    void socket.write(text, 'latin1');
const end =
  (text: string): Behave =>
  (socket) =>
    void socket.end(text, 'latin1');

/** Sends the text, waits until it has left, then resets the connection. */
const reset =
  (text: string): Behave =>
  (socket) => {
    if (text === '') socket.resetAndDestroy();
    else socket.write(text, 'latin1', () => setTimeout(() => socket.resetAndDestroy(), 20));
  };

/** Sends the text again and again, as fast as it is taken. */
const flood =
  (head: string, text: string): Behave =>
  (socket) => {
    socket.write(head);
    const more = () => {
      while (!socket.destroyed && socket.write(text));
    };
    socket.on('drain', more);
    more();
  };

const header = (lines: string) => `HTTP/1.1 200 OK\r\n${lines}\r\n\r\n`;

/** Each is one failed request, with this reason. */
const FAILURES: [string, Behave, string | RegExp][] = [
  ['closes without an answer', end(''), SILENT],
  ['resets without an answer', reset(''), 'the server reset the connection without an answer'],
  ['closes in the status line', end('HTTP/1.1 20'), MIDDLE],
  ['closes in the header', end('HTTP/1.1 200 OK\r\nContent-Le'), MIDDLE],
  ['closes in the header after the length', end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n'), MIDDLE],
  [
    'resets in the header',
    reset('HTTP/1.1 200 OK\r\nContent-Le'),
    'the server reset the connection in the middle of the answer',
  ],
  ['closes before the body', end(header('Content-Length: 5')), MIDDLE],
  ['closes in the body', end(`${header('Content-Length: 5')}abc`), MIDDLE],
  ['closes in the body, as announced', end(`${header('Connection: close\r\nContent-Length: 5')}abc`), MIDDLE],
  [
    'resets in the body',
    reset(`${header('Content-Length: 5')}abc`),
    'the server reset the connection in the middle of the answer',
  ],
  [
    'resets in a body without a length',
    reset(`${header('Connection: close')}abc`),
    'the server reset the connection in the middle of the answer',
  ],
  ['closes in a chunk', end(`${header('Transfer-Encoding: chunked')}5\r\nabc`), MIDDLE],
  ['closes between chunks', end(`${header('Transfer-Encoding: chunked')}3\r\nabc\r\n`), MIDDLE],
  [
    'closes between chunks, as announced',
    end(`${header('Connection: close\r\nTransfer-Encoding: chunked')}3\r\nabc\r\n`),
    MIDDLE,
  ],
  ['closes after an interim answer', end('HTTP/1.1 102 Processing\r\n\r\n'), MIDDLE],
  [
    'announces a bad chunk size',
    write(`${header('Transfer-Encoding: chunked')}xyz\r\n`),
    /^malformed answer: Invalid character in chunk size$/,
  ],
  [
    'announces a huge chunk size',
    write(`${header('Transfer-Encoding: chunked')}fffffffffffffffffff\r\n`),
    /^malformed answer: /,
  ],
  ['announces a negative length', write(`${header('Content-Length: -5')}abc`), /^malformed answer: /],
  ['announces two lengths', write(`${header('Content-Length: 5\r\nContent-Length: 6')}abcde`), /^malformed answer: /],
  [
    'announces a length and chunks',
    write(`${header('Content-Length: 5\r\nTransfer-Encoding: chunked')}0\r\n\r\n`),
    /^malformed answer: /,
  ],
  ['announces an endless length', write(header('Content-Length: 99999999999999999999999')), /^malformed answer: /],
  ['speaks another protocol', write('220 mail.test ESMTP\r\n'), 'malformed answer: it does not begin like HTTP'],
  [
    'answers with a page and no header',
    write('<html><body>hello</body></html>'),
    'malformed answer: it does not begin like HTTP',
  ],
  ['sends a status that is no number', write('HTTP/1.1 abc OK\r\n\r\n'), /^malformed answer: /],
  ['sends a status of four digits', write('HTTP/1.1 2000 OK\r\n\r\n'), /^malformed answer: /],
  [
    'sends a header without a colon',
    write('HTTP/1.1 200 OK\r\nnonsense here\r\n\r\n'),
    /^malformed answer: Invalid header token$/,
  ],
  [
    'sends a bad header after the length',
    write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nnon sense\r\n\r\n'),
    'malformed answer: invalid header',
  ],
  [
    'sends NUL bytes in a header',
    write('HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n'),
    /^malformed answer: /,
  ],
  ['sends only NUL bytes', write('\0\0\0\0\0\0'), /^malformed answer: /],
  [
    'sends a header line without end',
    flood('HTTP/1.1 200 OK\r\nX-Long: ', 'a'.repeat(60_000)),
    'malformed answer: headers larger than 16 KB',
  ],
  [
    'sends a header without end',
    flood('HTTP/1.1 200 OK\r\n', 'X-More: yes\r\n'.repeat(5_000)),
    'malformed answer: headers larger than 16 KB',
  ],
  [
    'sends trailers without end',
    flood(`${header('Transfer-Encoding: chunked')}0\r\n`, 'X-More: yes\r\n'.repeat(5_000)),
    'malformed answer: headers larger than 16 KB',
  ],
  [
    'sends chunks without end',
    flood(header('Transfer-Encoding: chunked'), `4000\r\n${'b'.repeat(0x4000)}\r\n`),
    'the answer is larger than 1000000 bytes',
  ],
  [
    'sends a body without end',
    flood(header('Connection: close'), 'b'.repeat(60_000)),
    'the answer is larger than 1000000 bytes',
  ],
  [
    'changes the protocol',
    write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'),
    'malformed answer: a change of protocol that was not asked for',
  ],
  [
    'says to continue',
    write('HTTP/1.1 100 Continue\r\n\r\n'),
    'malformed answer: "100 Continue" that was not asked for',
  ],
  ['stalls at once', () => {}, 'not finished within 150 ms'],
  ['stalls in the header', write('HTTP/1.1 200 OK\r\nX'), 'not finished within 150 ms'],
  ['stalls in the body', write(`${header('Content-Length: 5')}abc`), 'not finished within 150 ms'],
  [
    'sends interim answers without end',
    flood('', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(100)),
    'not finished within 150 ms',
  ],
  ['sends a status text without end', flood('HTTP/1.1 200 ', 'a'.repeat(60_000)), 'not finished within 150 ms'],
];

describe.each(['GET', 'POST'])('a server that is asked with %s', (method) => {
  it.each(FAILURES)('and %s makes one failed request with a reason', async (_what, behave, reason) => {
    const server = await startHostile(behave);
    const { http, begun, samples, interrupted, engine } = createHarness({
      host: server.url,
      settings: { maxBodyBytes: 1_000_000, timeoutMs: 3_000 },
    });
    const options = typeof reason === 'string' && reason.startsWith('not finished') ? { timeout: '150ms' } : {};
    const body = method === 'POST' ? { json: { a: 1 } } : {};
    const before = process.memoryUsage().rss;
    const startedAt = performance.now();
    const response = await http.request(method, '/bad', { ...options, ...body });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
    expect(response.ok).toBe(false);
    if (typeof reason === 'string') expect(response.error).toBe(reason);
    else expect(response.error).toMatch(reason);
    expect(begun).toEqual([`${method} /bad`]);
    expect(samples).toMatchObject([{ name: '/bad', error: response.error, reconnects: 0 }]);
    expect(response.error).not.toContain(String(server.port));
    expect(engine.inFlight.count).toBe(0);
    for (let count = 0; count < 2; count++) expect((await http.get('/good')).text()).toBe('ok');
    expect([samples.length, interrupted.length]).toEqual([3, 0]);
  });
});

/** Unusual, but a whole answer. */
const SUCCESSES: [string, Behave, string][] = [
  ['half-closes after its answer', end(OK), 'ok'],
  ['says nothing of the length and closes', end(`${header('Connection: close')}all of it`), 'all of it'],
  ['speaks HTTP/1.0', end('HTTP/1.0 200 OK\r\n\r\nold'), 'old'],
  ['speaks HTTP/1.0 with a length and stays', write('HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold'), 'old'],
  ['resets after its answer', reset(OK), 'ok'],
  ['sends more than it announced', write(`${OK} and more`), 'ok'],
  ['sends a second answer', write(OK + OK), 'ok'],
  ['sends a flood of interim answers first', write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(500) + OK), 'ok'],
  ['hints early', write(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`), 'ok'],
  ['sends NUL bytes in the body', write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na\0b'), 'a\0b'],
  [
    'sends a chunk with extensions and trailers',
    write(`${header('Transfer-Encoding: chunked')}2;a=b\r\nok\r\n0\r\nX: y\r\n\r\n`),
    'ok',
  ],
  ['says how long the body of a 304 would be', write('HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n'), ''],
  ['gives no text for its status', write('HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok'), 'ok'],
  ['sends one byte at a time', (socket) => void sendSlowly(socket, OK), 'ok'],
];

async function sendSlowly(socket: Socket, text: string): Promise<void> {
  for (const character of text) {
    socket.write(character);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a server', () => {
  it.each(SUCCESSES)('that %s is understood', async (_what, behave, text) => {
    const server = await startHostile(behave);
    const { http, samples, begun } = createHarness({ host: server.url });
    const response = await http.get('/bad');
    expect(response).toMatchObject({ ok: true, error: undefined });
    expect(response.text()).toBe(text);
    for (let count = 0; count < 2; count++) expect((await http.get('/good')).text()).toBe('ok');
    expect([begun.length, samples.length]).toEqual([3, 3]);
  });

  it('that sends an answer nobody asked for on an idle connection loses that connection', async () => {
    const server = await startHostile(() => {});
    const { http, samples } = createHarness({ host: server.url });
    await http.get('/good');
    const [socket] = server.sockets;
    socket!.write(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nWRONG`);
    await expect.poll(() => server.sockets.size).toBe(0);
    expect((await http.post('/good')).text()).toBe('ok');
    expect(samples.map(({ error }) => error)).toEqual([undefined, undefined]);
  });
});
