import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpSettings } from '../../../../src/runtime/http-settings.js';
import type { RequestOptions } from '../../../../src/runtime/user/http/http-types.js';
import { closeHarnesses, createHarness, type HarnessOptions } from '../../../support/http-harness.js';
import { closeServers, startRaw } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** What a server does with each request, by its path. */
const BEHAVIOURS: Record<string, (socket: Socket) => void> = {
  '/ok': (socket) => socket.write(OK),
  '/silent': () => {},
  '/half-a-header': (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Le'),
  '/half-a-body': (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok'),
  '/interim': (socket) => trickle(socket, 'HTTP/1.1 102 Processing\r\n\r\n'),
  '/trickle': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
    trickle(socket, '.');
  },
};

function trickle(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 5);
  socket.once('close', () => clearInterval(timer));
}

function startStalling() {
  return startRaw((socket) => {
    socket.on('data', (chunk) => BEHAVIOURS[chunk.toString().split(' ')[1]!]?.(socket));
    socket.on('end', () => socket.end());
  });
}

/** The best of ten, since this machine may be busy: how late each request failed, with what. */
async function failBest(harness: HarnessOptions, path: string, options: RequestOptions, limitMs: number) {
  let best = Number.POSITIVE_INFINITY;
  let error: string | undefined;
  let status = 0;
  const { http, samples, begun, engine } = createHarness(harness);
  for (let round = 0; round < 10 && !(best >= -2 && best <= 20); round++) {
    const startedAt = performance.now();
    const response = await http.get(path, options);
    const lateMs = performance.now() - startedAt - limitMs;
    if (Math.abs(lateMs) < Math.abs(best)) best = lateMs;
    error = response.error;
    status = response.status;
  }
  expect(status).toBe(path.includes('body') || path === '/trickle' ? 200 : 0);
  expect(samples.length).toBe(begun.length);
  expect(engine.inFlight.count).toBe(0);
  return { lateMs: best, error, http };
}

describe('timeouts', () => {
  it.each(['/silent', '/half-a-header', '/interim', '/half-a-body', '/trickle'])(
    'of the whole request cut off %s within 20 ms, and the user goes on',
    async (path) => {
      const server = await startStalling();
      const { lateMs, error, http } = await failBest({ host: server.url }, path, { timeout: '150ms' }, 150);
      expect(error).toBe('not finished within 150 ms');
      expect(lateMs).toBeGreaterThanOrEqual(-2);
      expect(lateMs).toBeLessThanOrEqual(20);
      expect((await http.get('/ok')).ok).toBe(true);
      expect((await http.get('/ok')).ok).toBe(true);
    },
  );

  it.each(['/silent', '/half-a-header', '/interim'])('for headers cut off %s within 20 ms', async (path) => {
    const server = await startStalling();
    const settings: Partial<HttpSettings> = { headersTimeoutMs: 120 };
    const { lateMs, error, http } = await failBest({ host: server.url, settings }, path, {}, 120);
    expect(error).toBe('no answer within 120 ms');
    expect(lateMs).toBeGreaterThanOrEqual(-2);
    expect(lateMs).toBeLessThanOrEqual(20);
    expect((await http.get('/ok')).ok).toBe(true);
  });

  it('for connecting do not matter once connected', async () => {
    const server = await startRaw((socket) => {
      socket.on('data', () => setTimeout(() => socket.write(OK), 150));
    });
    const { http } = createHarness({ host: server.url, settings: { connectTimeoutMs: 60 } });
    expect((await http.get('/')).text()).toBe('ok');
  });

  it('for headers do not matter once they are there', async () => {
    const server = await startRaw((socket) => {
      socket.on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no');
        setTimeout(() => socket.write('k'), 150);
      });
    });
    const { http } = createHarness({ host: server.url, settings: { headersTimeoutMs: 60 } });
    expect((await http.get('/')).text()).toBe('ok');
  });

  it.each<[string, string, (url: string) => HarnessOptions]>([
    ['a TLS handshake', 'https', (url) => ({ host: url })],
    ['a tunnel', 'http', (url) => ({ host: 'https://127.0.0.1:1', settings: { proxy: url } })],
  ])('for connecting cut off %s that is never answered, within 20 ms', async (_what, protocol, create) => {
    const server = await startRaw((socket) => socket.resume().on('end', () => socket.end()));
    const options = create(server.url.replace('http', protocol));
    const harness = { ...options, settings: { ...options.settings, connectTimeoutMs: 120 } };
    const { lateMs, error } = await failBest(harness, '/', {}, 120);
    expect(error).toBe('no connection within 120 ms');
    expect(lateMs).toBeGreaterThanOrEqual(-2);
    expect(lateMs).toBeLessThanOrEqual(20);
    await expect.poll(() => server.sockets.size).toBe(0);
  });

  it('for connecting cut off a name that is not resolved, and its late answer changes nothing', async () => {
    const answers: (() => void)[] = [];
    const server = await startStalling();
    const { http, samples } = createHarness({
      host: `http://slow.test:${server.port}`,
      settings: { connectTimeoutMs: 50 },
      lookup: (_name, _options, listener) => answers.push(() => listener(null, [{ address: '127.0.0.1' }])),
    });
    expect((await http.get('/ok')).error).toBe('no connection within 50 ms');
    const second = http.get('/ok');
    await expect.poll(() => answers.length).toBe(1);
    for (const answer of answers) answer();
    expect((await second).ok).toBe(true);
    expect((await http.get('/ok')).ok).toBe(true);
    expect(server.connections).toBe(1);
    expect(samples.length).toBe(3);
  });

  it('open no new connection until there is a request for it', async () => {
    const server = await startStalling();
    const { http } = createHarness({ host: server.url });
    await http.get('/silent', { timeout: '40ms' });
    await expect.poll(() => server.sockets.size).toBe(0);
    // What would open a connection by itself has done so by the time another user has had an answer.
    await createHarness({ host: server.url }).http.get('/ok');
    expect(server.connections).toBe(2);
    await http.get('/ok');
    expect(server.connections).toBe(3);
  });

  it('count the time in the queue', async () => {
    const server = await startStalling();
    const { http, samples } = createHarness({ host: server.url, settings: { connectionsPerUser: 1 } });
    const [first, second] = await Promise.all([
      http.get('/silent', { timeout: '200ms' }),
      http.get('/ok', { timeout: '60ms' }),
    ]);
    expect([first.error, second.error]).toEqual(['not finished within 200 ms', 'not finished within 60 ms']);
    expect(second.timings.blockedMs).toBeCloseTo(second.timings.serviceMs, 5);
    expect(samples.length).toBe(2);
    expect((await http.get('/ok')).ok).toBe(true);
  });

  it('of defaults hold unless a request names its own', async () => {
    const server = await startStalling();
    const { http } = createHarness({ host: server.url });
    http.setDefaults({ timeout: '60ms' });
    expect((await http.get('/silent')).error).toBe('not finished within 60 ms');
    expect((await http.get('/silent', { timeout: 0.09 })).error).toBe('not finished within 90 ms');
  });

  it('of very different lengths are kept by one timer', async () => {
    const server = await startStalling();
    const { http } = createHarness({ host: server.url });
    const limits = [300, 60, 180, 120, 240];
    const startedAt = performance.now();
    const order: number[] = [];
    await Promise.all(
      limits.map(async (limit) => {
        await http.get('/silent', { timeout: `${limit}ms` });
        order.push(limit);
        expect(performance.now() - startedAt).toBeGreaterThanOrEqual(limit - 2);
      }),
    );
    expect(order).toEqual([60, 120, 180, 240, 300]);
  });
});
