import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { closeHarnesses, createHarness, type HarnessOptions } from '../../../support/http-harness.js';
import { closeServers, startHttp } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

const TEXT = '{"name":"한글","list":[1,2,3]}';
const encoded = gzipSync(TEXT);

async function startEncoded(body: Buffer, encoding: string | string[], options: HarnessOptions = {}) {
  const server = await startHttp((request, response) => {
    const isPlain = request.url === '/plain';
    if (!isPlain) response.setHeader('content-encoding', encoding);
    response.end(isPlain ? 'fine' : body);
  });
  return { ...createHarness({ host: server.url, ...options }), server };
}

describe('encoded answers', () => {
  it.each<[string, Buffer, string | string[]]>([
    ['gzip', gzipSync(TEXT), 'gzip'],
    ['gzip in capitals', gzipSync(TEXT), 'GZIP'],
    ['x-gzip', gzipSync(TEXT), 'x-gzip'],
    ['two gzip members', Buffer.concat([gzipSync(TEXT.slice(0, 5)), gzipSync(TEXT.slice(5))]), 'gzip'],
    ['deflate with its wrapper', deflateSync(TEXT), 'deflate'],
    ['deflate without', deflateRawSync(TEXT), 'deflate'],
    ['brotli', brotliCompressSync(TEXT), 'br'],
    ['two encodings in one header', brotliCompressSync(gzipSync(TEXT)), 'gzip, br'],
    ['two encodings in two headers', brotliCompressSync(gzipSync(TEXT)), ['gzip', 'br']],
    ['identity', Buffer.from(TEXT), 'identity'],
    ['an encoding nobody asked for', Buffer.from(TEXT), 'zstd'],
  ])('are unpacked: %s', async (_what, body, encoding) => {
    const { http, onlySample } = await startEncoded(body, encoding);
    const response = await http.get('/');
    expect(response.text()).toBe(TEXT);
    expect(response.json()).toEqual(JSON.parse(TEXT));
    expect(Buffer.from(response.bytes()).toString()).toBe(TEXT);
    expect(onlySample()).toMatchObject({ error: undefined, bytesReceived: body.length });
  });

  it('may be empty', async () => {
    const { http } = await startEncoded(Buffer.alloc(0), 'gzip');
    expect(await http.get('/')).toMatchObject({ ok: true, error: undefined });
  });

  it('may have no body by their nature', async () => {
    const server = await startHttp((request, response) => {
      const status = Number(request.url!.slice(1));
      response.writeHead(status, { 'content-encoding': 'gzip' }).end(request.method === 'HEAD' ? undefined : '');
    });
    const { http, samples } = createHarness({ host: server.url });
    for (const path of ['/204', '/304']) expect((await http.get(path)).text()).toBe('');
    expect((await http.head('/200')).bytes().length).toBe(0);
    expect(samples.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
  });

  it.each<[string, Buffer, string, RegExp]>([
    [
      'garbage as gzip',
      Buffer.from('certainly not gzip'),
      'gzip',
      /^malformed answer: the body is not valid gzip \(incorrect header check\)$/,
    ],
    [
      'truncated gzip',
      encoded.subarray(0, -10),
      'gzip',
      /^malformed answer: the body is not valid gzip \(unexpected end of file\)$/,
    ],
    [
      'damaged gzip',
      Buffer.concat([encoded.subarray(0, 12), Buffer.alloc(9, 0xff), encoded.subarray(21)]),
      'gzip',
      /^malformed answer: the body is not valid gzip/,
    ],
    [
      'garbage as deflate',
      Buffer.from([0xff, 0xff, 0xff]),
      'deflate',
      /^malformed answer: the body is not valid deflate/,
    ],
    [
      'garbage as brotli',
      Buffer.from('certainly not brotli'),
      'br',
      /^malformed answer: the body is not valid br \(Decompression failed\)$/,
    ],
    ['the outer of two', gzipSync('not brotli at all'), 'br, gzip', /^malformed answer: the body is not valid br/],
  ])('that are %s are one failed request', async (_what, body, encoding, reason) => {
    const { http, begun, onlySample, engine } = await startEncoded(body, encoding);
    const response = await http.get('/', { expect: () => 'must not be asked' });
    expect(response).toMatchObject({ ok: false, status: 200 });
    expect(response.error).toMatch(reason);
    expect(onlySample()).toMatchObject({ status: 200, error: response.error });
    expect(begun.length).toBe(1);
    expect(engine.inFlight.count).toBe(0);
    expect((await http.get('/plain')).text()).toBe('fine');
  });

  it('that unpack beyond the limit fail without being unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    const { http } = await startEncoded(bomb, 'gzip', { settings: { maxBodyBytes: 100_000 } });
    const before = process.memoryUsage().rss;
    expect((await http.get('/')).error).toBe('the answer is larger than 100000 bytes unpacked');
    expect(process.memoryUsage().rss - before).toBeLessThan(30 * 1024 * 1024);
    expect((await http.get('/plain')).ok).toBe(true);
  });
});

describe('body size', () => {
  it('over the limit fails at once, and the next request works', async () => {
    let isDone = false;
    const server = await startHttp((request, response) => {
      if (request.url === '/plain') response.end('fine');
      else {
        const timer = setInterval(() => response.write(Buffer.alloc(10_000)), 1);
        response.once('close', () => {
          clearInterval(timer);
          isDone = true;
        });
      }
    });
    const { http, onlySample } = createHarness({ host: server.url, settings: { maxBodyBytes: 50_000 } });
    const response = await http.get('/');
    expect(response).toMatchObject({ ok: false, status: 200, error: 'the answer is larger than 50000 bytes' });
    expect(onlySample().bytesReceived).toBeLessThan(200_000);
    await expect.poll(() => isDone).toBe(true);
    expect((await http.get('/plain')).ok).toBe(true);
  });

  it('exactly at the limit is fine', async () => {
    const server = await startHttp((_request, response) => response.end(Buffer.alloc(1000)));
    const { http } = createHarness({ host: server.url, settings: { maxBodyBytes: 1000 } });
    expect((await http.get('/')).bytes().length).toBe(1000);
  });

  it('does not matter to those who discard it, who still count it', async () => {
    const server = await startHttp((_request, response) => {
      response
        .writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' })
        .end(Buffer.alloc(5000, 1));
    });
    const { http, samples } = createHarness({ host: server.url, settings: { maxBodyBytes: 1000 } });
    const response = await http.get('/', { body: 'discard' });
    expect(response).toMatchObject({ ok: true, status: 200 });
    expect(response.text()).toBe('');
    http.setDefaults({ body: 'discard' });
    expect((await http.post('/', { json: {} })).ok).toBe(true);
    expect(samples.map(({ bytesReceived }) => bytesReceived)).toEqual([5000, 5000]);
  });
});
