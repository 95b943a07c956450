import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import type { RequestOptions } from '../../../../src/runtime/user/http/http-types.js';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, startEcho } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

async function send(options: RequestOptions, method = 'POST') {
  const server = await startEcho();
  const harness = createHarness({ host: server.url });
  const response = await harness.http.request(method, '/in', options);
  const { headers, body } = server.last();
  return { response, headers, body, text: body.toString(), sample: harness.onlySample() };
}

async function* parts(...chunks: (string | Uint8Array)[]) {
  for (const chunk of chunks) yield chunk;
}

describe('methods', () => {
  it.each(['get', 'head', 'options', 'delete', 'post', 'put', 'patch'] as const)('sends %s', async (method) => {
    const server = await startEcho();
    const { http, begun, onlySample } = createHarness({ host: server.url });
    const response = await http[method]('/thing');
    expect(response.ok).toBe(true);
    expect(server.last()).toMatchObject({ method: method.toUpperCase(), url: '/thing' });
    expect(begun).toEqual([`${method.toUpperCase()} /thing`]);
    expect(onlySample()).toMatchObject({ method: method.toUpperCase(), name: '/thing', status: 200, error: undefined });
  });

  it('sends any other method, written in any case', async () => {
    const server = await startEcho();
    const { http } = createHarness({ host: server.url });
    await http.request('propfind', '/');
    expect(server.last().method).toBe('PROPFIND');
  });

  it.each(['', 'GET /', 'CONNECT', 'G\nET', '한글'])(
    'refuses the method %j before anything is counted',
    async (method) => {
      const { http, begun } = createHarness({ host: 'http://127.0.0.1:1' });
      await expect(http.request(method, '/')).rejects.toMatchObject({ code: 'ERR_REQUEST_INVALID' });
      expect(begun).toEqual([]);
    },
  );

  it('keeps the connection after HEAD, and after a body on DELETE', async () => {
    const server = await startEcho();
    const { http } = createHarness({ host: server.url });
    await http.head('/');
    await http.delete('/', { json: { id: 1 } });
    expect(server.last().body.toString()).toBe('{"id":1}');
    await http.get('/');
    expect(server.connections).toBe(1);
  });
});

describe('bodies', () => {
  it.each<[string, RequestOptions, string | undefined, string]>([
    ['json', { json: { name: '한글', n: 1 } }, 'application/json', '{"name":"한글","n":1}'],
    ['json null', { json: null }, 'application/json', 'null'],
    ['json text', { json: 'a' }, 'application/json', '"a"'],
    [
      'form',
      { form: { a: 'x y', b: [1, true], c: undefined } },
      'application/x-www-form-urlencoded;charset=UTF-8',
      'a=x+y&b=1&b=true',
    ],
    [
      'form params',
      { form: new URLSearchParams('q=%ED%95%9C') },
      'application/x-www-form-urlencoded;charset=UTF-8',
      'q=%ED%95%9C',
    ],
    ['text', { body: 'héllo' }, 'text/plain;charset=UTF-8', 'héllo'],
    ['params', { body: new URLSearchParams({ a: '1' }) }, 'application/x-www-form-urlencoded;charset=UTF-8', 'a=1'],
    ['bytes', { body: new Uint8Array([104, 105]) }, undefined, 'hi'],
    ['part of bytes', { body: new TextEncoder().encode('_hi_').subarray(1, 3) }, undefined, 'hi'],
    ['array buffer', { body: new TextEncoder().encode('hi').buffer as ArrayBuffer }, undefined, 'hi'],
    ['blob', { body: new Blob(['hi'], { type: 'text/css' }) }, 'text/css', 'hi'],
    ['bare blob', { body: new Blob(['hi']) }, undefined, 'hi'],
    ['the word discard as bytes', { body: Buffer.from('discard') }, undefined, 'discard'],
  ])('sends %s with its type and length', async (_what, options, type, text) => {
    const sent = await send(options);
    expect(sent.text).toBe(text);
    expect(sent.headers['content-type']).toBe(type);
    expect(sent.headers['content-length']).toBe(String(Buffer.byteLength(text)));
    expect(sent.sample).toMatchObject({ bytesSent: Buffer.byteLength(text), bytesReceived: 2, error: undefined });
  });

  it.each<[string, RequestOptions]>([
    ['nothing', {}],
    ['an empty text', { body: '' }],
    ['a body option that is about the answer', { body: 'discard' }],
  ])('says that a POST with %s has length 0', async (_what, options) => {
    expect((await send(options)).headers['content-length']).toBe('0');
  });

  it('sends multipart fields and files, several under one name', async () => {
    const { headers, body } = await send({
      multipart: {
        title: '한글',
        count: 3,
        file: [
          { content: 'one', filename: 'a.txt', type: 'text/plain' },
          { content: new Uint8Array([1, 2, 3]), filename: '나.bin' },
          new Blob(['three'], { type: 'text/css' }),
        ],
      },
    });
    expect(headers['content-length']).toBe(String(body.length));
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': headers['content-type']! },
    }).formData();
    expect(form.get('title')).toBe('한글');
    expect(form.get('count')).toBe('3');
    const files = form.getAll('file') as File[];
    expect(files.map(({ name, type, size }) => [name, type, size])).toEqual([
      ['a.txt', 'text/plain', 3],
      ['나.bin', 'application/octet-stream', 3],
      ['blob', 'text/css', 5],
    ]);
    expect(await files[0]!.text()).toBe('one');
  });

  it.each(['multipart', 'body'] as const)('sends FormData given as %s', async (key) => {
    const form = new FormData();
    form.append('a', '1');
    const { headers, text } = await send({ [key]: form });
    expect(headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(text).toContain('name="a"\r\n\r\n1');
  });

  it.each<[string, () => RequestOptions]>([
    ['a Readable', () => ({ body: Readable.from([Buffer.from('one,'), Buffer.from('two')]) })],
    ['an async generator', () => ({ body: parts('one,', 'two') })],
    ['a web stream', () => ({ body: new Blob(['one,two']).stream() as unknown as AsyncIterable<Uint8Array> })],
  ])('streams %s in chunks and counts its bytes', async (_what, options) => {
    const sent = await send(options());
    expect(sent.text).toBe('one,two');
    expect(sent.headers['transfer-encoding']).toBe('chunked');
    expect(sent.headers['content-length']).toBeUndefined();
    expect(sent.sample.bytesSent).toBe(7);
  });

  it('streams with a length that the scenario knows', async () => {
    const sent = await send({ body: parts('one,', 'two'), headers: { 'Content-Length': '7' } });
    expect(sent.headers['content-length']).toBe('7');
    expect(sent.headers['transfer-encoding']).toBeUndefined();
  });

  it('lets a header override the type', async () => {
    const sent = await send({ json: {}, headers: { 'Content-Type': 'application/vnd.api+json' } });
    expect(sent.headers['content-type']).toBe('application/vnd.api+json');
  });
});

describe('bodies that cannot be sent', () => {
  it.each<[string, RequestOptions, RegExp]>([
    ['json and form', { json: 1, form: {} }, /but got several/],
    ['json and body', { json: 1, body: 'x' }, /but got several/],
    ['json and multipart', { json: 1, multipart: {} }, /but got several/],
    ['form and a blob', { form: {}, body: new Blob(['x']) }, /but got several/],
    ['multipart and body', { multipart: {}, body: 'x' }, /but got several/],
    ['a number', { body: 5 as unknown as string }, /but got number/],
    ['a plain object', { body: {} as unknown as string }, /for JSON, use "json"/],
    ['a list', { body: [] as unknown as string }, /but got a list/],
    ['a function as json', { json: () => 1 }, /got a function/],
    ['a bigint in json', { json: { n: 1n } }, /cannot be written as JSON/],
  ])('refuses %s before anything is counted', async (_what, options, message) => {
    const { http, begun } = createHarness({ host: 'http://127.0.0.1:1' });
    const sending = http.post('/', options);
    await expect(sending).rejects.toMatchObject({ code: 'ERR_REQUEST_INVALID' });
    await expect(sending).rejects.toThrow(message);
    expect(begun).toEqual([]);
  });

  async function* failing() {
    yield 'start';
    throw new Error('no more numbers');
  }

  it.each<[string, () => AsyncIterable<Uint8Array | string>, string]>([
    ['a generator that throws', failing, 'no more numbers'],
    ['a stream that errors', () => Readable.from(failing()), 'no more numbers'],
    ['a stream of objects', () => Readable.from([{ a: 1 }]), 'a stream must give text or bytes, but gave object'],
  ])('fails the request for %s, in words that blame the body', async (_what, create, reason) => {
    const server = await startEcho();
    const { http, onlySample } = createHarness({ host: server.url });
    const response = await http.post('/', { body: create() });
    expect(response).toMatchObject({ ok: false, status: 0, error: `the request's body could not be read: ${reason}` });
    expect(onlySample().error).toBe(response.error);
    expect((await http.get('/')).ok).toBe(true);
  });

  it('fails the request for a file that does not exist', async () => {
    const server = await startEcho();
    const { http } = createHarness({ host: server.url });
    const response = await http.post('/', { body: createReadStream(join(tmpdir(), 'loadwright-no-such-file')) });
    expect(response.error).toMatch(/^the request's body could not be read: ENOENT/);
  });

  it('closes a file that was never sent', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'loadwright-body-'));
    const file = join(folder, 'body.txt');
    await writeFile(file, 'x');
    const body = createReadStream(file);
    const closed = new Promise<void>((resolve) => body.once('close', resolve));
    const { http } = createHarness({ host: 'http://127.0.0.1:1' });
    expect((await http.post('/', { body })).error).toBe('connection refused by 127.0.0.1:1');
    await closed;
    await rm(folder, { recursive: true });
  });

  it('fails the request when its content-length is not that of its body', async () => {
    const server = await startEcho();
    const { http } = createHarness({ host: server.url });
    const response = await http.post('/', { body: 'four', headers: { 'content-length': '9' } });
    expect(response.error).toBe('not sent: the "content-length" header is not the length of the body');
  });
});
