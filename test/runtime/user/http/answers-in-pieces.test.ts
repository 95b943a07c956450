import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, startRaw } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

/** Longer than it takes to read what came before. */
const PAUSE_MS = 8;
const HEAD = 'HTTP/1.1 200 OK\r\n';

/** Bytes that all buffers of this thread hold after a collection. */
async function memoryOfBuffers(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round++) {
    await sleep(PAUSE_MS);
    collect();
  }
  return process.memoryUsage().arrayBuffers;
}

/** Gets an answer that is sent in these pieces, and then once more in one, over the same connection. */
async function getPieces(pieces: readonly string[]) {
  let answers = 0;
  const server = await startRaw((socket) => {
    socket.setNoDelay(true).on('data', async () => {
      const isFirst = answers++ === 0;
      for (const piece of isFirst ? pieces : [pieces.join('')]) {
        socket.write(piece);
        await sleep(PAUSE_MS);
      }
    });
  });
  const { http, samples } = createHarness({ host: server.url });
  const [first, second] = [await http.get('/'), await http.get('/')];
  expect(first.error).toBeUndefined();
  expect(second.timings.connectingMs).toBe(0);
  expect(samples.map(({ bytesReceived }) => bytesReceived)).toEqual(Array(2).fill(Buffer.byteLength(first.text())));
  expect(second.text()).toBe(first.text());
  return first;
}

describe('the time of receiving', () => {
  const whole = `${HEAD}content-length: 6\r\n\r\n상품`;

  async function receive(pieces: readonly string[]) {
    const { receivingMs, waitingMs, blockedMs, connectingMs, serviceMs } = (await getPieces(pieces)).timings;
    expect(blockedMs + connectingMs + waitingMs + receivingMs).toBeCloseTo(serviceMs, 9);
    return receivingMs;
  }

  it('is none for an answer that came in one piece, whatever reading it takes', async () => {
    expect(await receive([whole])).toBe(0);
  });

  it('is what lies between its pieces', async () => {
    expect(await receive([whole.slice(0, -2), whole.slice(-2)])).toBeGreaterThan(PAUSE_MS / 2);
  });
});

describe('bytes of an answer', () => {
  it('can be given to another thread without those of other answers', async () => {
    const server = await startRaw((socket) => {
      socket.on('data', () => void socket.write(`${HEAD}content-length: 6\r\n\r\n상품`));
    });
    const { http } = createHarness({ host: server.url });
    const [first, second] = [await http.get('/'), await http.get('/')];
    const bytes = first.bytes();
    try {
      structuredClone(bytes, { transfer: [bytes.buffer as ArrayBuffer] });
    } catch {
      // Later versions of Node.js say that they cannot be taken away.
    }
    expect([first.text(), second.text()]).toEqual(['상품', '상품']);
    expect(second.headers.get('content-length')).toBe('6');
  });
});

describe('an answer that comes in pieces', () => {
  const body = '{"이름":"상품 17","count":200}';
  const whole = `${HEAD}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const start = whole.indexOf('{');

  it.each([
    ['behind its head', [start]],
    ['in its body', [start + 9]],
    ['twice in its body', [start + 1, start + 12]],
    ['in its body, thrice', [start + 3, start + 4, start + 14]],
    ['in its head and its body', [12, start + 9]],
  ])('%s, has the same body', async (_where, cuts) => {
    const pieces = [0, ...cuts].map((cut, at) => whole.slice(cut, cuts[at]));
    const response = await getPieces(pieces);
    expect(response.text()).toBe(body);
    expect(response.json()).toEqual({ 이름: '상품 17', count: 200 });
    expect(Buffer.from(response.bytes()).toString()).toBe(body);
  });

  it.each([
    ['plain chunks', ['5\r\nhel', 'lo\r\n', '3\r\nabc\r\n0\r\n', '\r\n'], 'helloabc'],
    [
      'a chunk that is begun, then one with an extension',
      ['5\r\nhe', 'llo\r\n3;a=b\r\nabc\r\n', '2\r\nxy\r\n0\r\n\r\n'],
      'helloabcxy',
    ],
    ['whole chunks, then trailers', ['5\r\nhello\r\n', '3\r\nabc\r\n0\r\nx: y\r\n\r\n'], 'helloabc'],
    ['an extension at once', ['5;a\r\nhello\r\n3;b\r\nabc\r\n', '0\r\n\r\n'], 'helloabc'],
  ])('of %s, has all of its body once', async (_what, [first, ...rest], text) => {
    const response = await getPieces([`${HEAD}transfer-encoding: chunked\r\n\r\n${first}`, ...rest]);
    expect(response.text()).toBe(text);
  });
});

describe('a large body', () => {
  it.each([
    ['that has its memory from the start', 300_000],
    ['of more bytes than are set aside on its word', 3_000_000],
  ])('%s is what was sent, and stays so', async (_which, length) => {
    const bodies = [randomBytes(length), randomBytes(length)];
    let answers = 0;
    const server = await startRaw((socket) => {
      socket.on('data', () => {
        socket.write(`${HEAD}content-length: ${length}\r\n\r\n`);
        socket.write(bodies[answers++]!);
      });
    });
    const { http, samples } = createHarness({ host: server.url });
    const responses = [await http.get('/'), await http.get('/')];
    for (const [at, body] of bodies.entries()) expect(body.equals(responses[at]!.bytes())).toBe(true);
    expect(samples.map(({ bytesReceived }) => bytesReceived)).toEqual([length, length]);
  });

  it.each([
    ['of known length', (body: string) => `content-length: ${body.length}\r\n\r\n${body}`],
    [
      'in chunks',
      (body: string) => `transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    ],
  ])('%s that is discarded is counted, and leaves no memory behind', async (_which, wrap) => {
    const length = 600_000;
    const answer = `${HEAD}${wrap('x'.repeat(length))}`;
    const server = await startRaw((socket) => {
      socket.on('data', () => socket.write(answer));
    });
    const { http, samples } = createHarness({ host: server.url });
    const before = await memoryOfBuffers();
    const responses = [];
    for (let at = 0; at < 20; at++) responses.push(await http.get('/', { body: 'discard' }));
    // All bodies are twenty times that. Over undici a response's headers hold the first 64 KB that were read.
    expect((await memoryOfBuffers()) - before).toBeLessThan(4 * length);
    expect(samples.map(({ bytesReceived }) => bytesReceived)).toEqual(Array(20).fill(length));
    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(responses[0]!.bytes().length).toBe(0);
  });

  it('that is cut off leaves no memory behind at its connection', async () => {
    const length = 900_000;
    const server = await startRaw((socket) => {
      socket.on('data', () => socket.write(`${HEAD}content-length: ${length}\r\n\r\n${'x'.repeat(1000)}`));
    });
    const before = await memoryOfBuffers();
    const harnesses = Array.from({ length: 10 }, () =>
      createHarness({ host: server.url, settings: { maxBodyBytes: 500 } }),
    );
    for (const { http } of harnesses) expect((await http.get('/')).error).toContain('larger than 500 bytes');
    expect((await memoryOfBuffers()) - before).toBeLessThan(2 * length);
  });

  it('that ends too early is told as what came', async () => {
    const server = await startRaw((socket) => {
      socket.on('data', () => socket.end(`${HEAD}content-length: 300000\r\n\r\n${'가'.repeat(30_000)}`));
    });
    const { http, samples } = createHarness({ host: server.url });
    const response = await http.get('/');
    expect(response.error).toContain('closed');
    expect(response.text()).toBe('가'.repeat(30_000));
    expect(samples[0]!.bytesReceived).toBe(90_000);
  });
});
