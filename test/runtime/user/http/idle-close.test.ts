import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { RequestOptions } from '../../../../src/runtime/user/http/http-types.js';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, startEcho, startRaw } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Serves one request a connection; the second one makes it close without a byte of an answer: an idle close too late. */
function startForgetful(act: (socket: Socket) => void, connections = Number.POSITIVE_INFINITY) {
  return startRaw((socket, number) => {
    let served = 0;
    socket.on('data', () => {
      if (served++ === 0 && number < connections) socket.write(OK);
      else act(socket);
    });
    socket.on('end', () => socket.end());
  });
}

const ACTS: [string, (socket: Socket) => void][] = [
  ['closes', (socket) => socket.end()],
  ['resets', (socket) => socket.resetAndDestroy()],
];

describe.each(ACTS)('a reused connection that the server %s', (_what, act) => {
  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])('is replaced once for %s', async (method) => {
    const server = await startForgetful(act);
    const { http, samples, begun } = createHarness({ host: server.url });
    await http.get('/');
    const response = await http.request(method, '/', method === 'PUT' ? { json: {} } : {});
    expect(response).toMatchObject({ ok: true, status: 200 });
    expect(samples.map(({ reconnects }) => reconnects)).toEqual([0, 1]);
    expect(response.timings.connectingMs).toBeGreaterThan(0);
    const { serviceMs, ...parts } = response.timings;
    expect(Math.abs(Object.values(parts).reduce((sum, part) => sum + part, 0) - serviceMs)).toBeLessThan(2);
    expect([begun.length, server.connections]).toEqual([2, 2]);
  });

  it.each<[string, string, () => RequestOptions]>([
    ['POST', 'POST', () => ({ json: {} })],
    ['PATCH', 'PATCH', () => ({ json: {} })],
    ['PUT with a stream', 'PUT', () => ({ body: new Blob(['x']).stream() as unknown as AsyncIterable<Uint8Array> })],
  ])('fails %s, which may have arrived', async (_title, method, options) => {
    const server = await startForgetful(act);
    const { http, samples } = createHarness({ host: server.url });
    await http.get('/');
    const response = await http.request(method, '/', options());
    expect(response).toMatchObject({ ok: false, status: 0, error: 'the server closed an idle connection' });
    expect(samples.map(({ reconnects }) => reconnects)).toEqual([0, 0]);
    expect((await http.get('/')).ok).toBe(true);
  });

  it('is replaced only once', async () => {
    const server = await startForgetful(act, 1);
    const { http, samples } = createHarness({ host: server.url });
    await http.get('/');
    const response = await http.get('/');
    expect(response.error).toMatch(/^the server (closed|reset) the connection without an answer$/);
    expect(samples.map(({ reconnects }) => reconnects)).toEqual([0, 1]);
    expect(server.connections).toBe(2);
  });
});

it('a reused connection that closes in the middle of an answer is not replaced', async () => {
  const server = await startForgetful((socket) => socket.end('HTTP/1.1 200 O'));
  const { http, samples } = createHarness({ host: server.url });
  await http.get('/');
  expect((await http.get('/')).error).toBe('the server closed the connection in the middle of the answer');
  expect(samples.map(({ reconnects }) => reconnects)).toEqual([0, 0]);
  expect(server.connections).toBe(1);
});

describe('an idle connection', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['closes', (socket) => socket.end()],
    ['resets', (socket) => socket.resetAndDestroy()],
  ])('that the server %s between requests costs none of them', async (_what, act) => {
    const server = await startEcho();
    const { http, samples } = createHarness({ host: server.url });
    for (let count = 0; count < 3; count++) {
      expect((await http.post('/', { json: {} })).ok).toBe(true);
      for (const socket of server.sockets) act(socket);
      await expect.poll(() => server.sockets.size).toBe(0);
    }
    expect(samples.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    expect(server.connections).toBe(3);
  });

  it('that is reset while a request is being handed to it costs not even a POST', async () => {
    const server = await startEcho();
    const { http, samples } = createHarness({ host: server.url });
    for (let round = 0; round < 20; round++) {
      await http.get('/');
      for (const socket of server.sockets) socket.resetAndDestroy();
      // Without waiting: the reset is on its way while the request is.
      await new Promise((resolve) => setImmediate(resolve));
      await http.post('/', { json: { round } });
    }
    expect(samples.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(server.requests.filter(({ method }) => method === 'POST').length).toBe(20);
  });
});

describe('an answer that comes before the request is whole', () => {
  it.each<[string, () => RequestOptions]>([
    ['a stream that never ends', () => ({ body: endless() })],
    ['a large body', () => ({ body: Buffer.alloc(4_000_000) })],
  ])('counts, for %s', async (_what, options) => {
    const server = await startRaw((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno'));
      socket.resume();
    });
    const { http, samples, engine } = createHarness({ host: server.url });
    const response = await http.post('/', { ...options(), expect: 413, timeout: 2 });
    expect(response).toMatchObject({ ok: true, status: 413 });
    expect(response.text()).toBe('no');
    expect([samples.length, engine.inFlight.count]).toEqual([1, 0]);
  });
});

async function* endless() {
  for (;;) {
    yield 'more';
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
