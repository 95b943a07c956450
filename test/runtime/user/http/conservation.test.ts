import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HttpSettings } from '../../../../src/runtime/http-settings.js';
import type { RequestOptions } from '../../../../src/runtime/user/http/http-types.js';
import type { ScopedHttp } from '../../../../src/runtime/user/http-client.js';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, startRaw } from '../../../support/small-servers.js';

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

const answer = (text: string, more = '') => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n${more}\r\n${text}`;
const packed = gzipSync('packed').toString('latin1');

/** What a server does with a request, by the name in its path. */
const ACTS: Record<string, (socket: Socket) => unknown> = {
  ok: (socket) => socket.write(answer('{"n":1}')),
  late: (socket) => setTimeout(() => socket.writable && socket.write(answer('late')), 15),
  later: (socket) => setTimeout(() => socket.writable && socket.write(answer('later')), 80),
  cookie: (socket) => socket.write(answer('ok', 'Set-Cookie: id=1; Path=/\r\n')),
  packed: (socket) => socket.write(answer(packed, 'Content-Encoding: gzip\r\n'), 'latin1'),
  garbage: (socket) => socket.write(answer('garbage', 'Content-Encoding: gzip\r\n')),
  redirect: (socket) => socket.write('HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n'),
  loop: (socket) => socket.write('HTTP/1.1 307 Again\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n'),
  lost: (socket) => socket.write('HTTP/1.1 303 Other\r\nLocation: /reset\r\nContent-Length: 0\r\n\r\n'),
  last: (socket) => socket.end(answer('last', 'Connection: close\r\n')),
  liar: (socket) => socket.end(answer('last')),
  twice: (socket) => socket.write(answer('1') + answer('2')),
  more: (socket) => socket.write(`${answer('1')}more`),
  close: (socket) => socket.end(),
  reset: (socket) => socket.resetAndDestroy(),
  half: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'),
  broken: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf', () => socket.resetAndDestroy()),
  nonsense: (socket) => socket.write('nonsense\r\n\r\n'),
  upgrade: (socket) => socket.write('HTTP/1.1 101 Yes\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
  interim: (socket) => socket.write(`HTTP/1.1 102 Wait\r\n\r\n${answer('ok')}`),
  silent: () => {},
  stall: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'),
  large: (socket) => socket.write(answer('x'.repeat(30_000))),
  error: (socket) => socket.write('HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n'),
};

function startChaos() {
  return startRaw((socket) => {
    socket.on('data', (chunk) => {
      const name = /^[A-Z]+ \/(\w+)/.exec(chunk.toString('latin1'))?.[1];
      if (name !== undefined && socket.writable) ACTS[name]?.(socket);
    });
    socket.on('end', () => socket.end());
  });
}

interface Call {
  user: number;
  act: string;
  method: string;
  body: 'none' | 'json' | 'stream' | 'multipart';
  required: boolean;
  timeoutMs: number;
  gapMs: number;
}

const calls = fc.array(
  fc.record<Call>({
    user: fc.integer({ min: 0, max: 3 }),
    act: fc.constantFrom(...Object.keys(ACTS)),
    method: fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'DELETE'),
    body: fc.constantFrom('none', 'none', 'json', 'stream', 'multipart'),
    required: fc.boolean(),
    timeoutMs: fc.integer({ min: 5, max: 60 }),
    gapMs: fc.constantFrom(0, 0, 0, 0, 1, 3),
  }),
  { minLength: 125, maxLength: 125, size: 'max' },
);
const settings = fc.record({
  connectionsPerUser: fc.integer({ min: 1, max: 6 }),
  connectionReuse: fc.constantFrom<HttpSettings['connectionReuse']>('user', 'user', 'none'),
  headersTimeoutMs: fc.constantFrom(0, 20),
  maxBodyBytes: fc.constantFrom(20_000, 1_000_000),
});

function send(http: ScopedHttp, { act, method, body, required, timeoutMs }: Call): Promise<unknown> {
  const options: RequestOptions = { required, timeout: `${timeoutMs}ms` };
  if (body === 'json') options.json = { a: 1 };
  if (body === 'stream') options.body = Readable.from(['a', 'b']);
  if (body === 'multipart') options.multipart = { a: 'b' };
  return http.request(method, `/${act}`, options);
}

it('whatever servers do, what begins is finished or interrupted, once', { timeout: 60_000 }, async () => {
  const server = await startChaos();
  const seen = { finished: 0, failed: 0, interrupted: 0, reconnects: 0 };
  const property = fc.asyncProperty(calls, settings, fc.boolean(), async (list, chosen, isCutShort) => {
    const harness = createHarness({ host: server.url, settings: chosen });
    const users = [harness, harness.createUser(), harness.createUser(), harness.createUser()];
    const outcomes: Promise<unknown>[] = [];
    for (const call of list) {
      outcomes.push(send(users[call.user]!.http, call).catch((error: Error) => error.name));
      if (call.gapMs > 0) await new Promise((resolve) => setTimeout(resolve, call.gapMs));
    }
    if (isCutShort) {
      for (const { scope } of users) scope.stop();
      harness.engine.inFlight.interruptAll();
    }
    await Promise.all(outcomes);
    expect(harness.engine.inFlight.count).toBe(0);
    const { begun, samples, interrupted } = harness;
    expect(samples.length + interrupted.length).toBe(begun.length);
    expect([...samples.map(({ method, name }) => `${method} ${name}`), ...interrupted].sort()).toEqual(
      [...begun].sort(),
    );
    if (!isCutShort) expect(begun.length).toBe(list.length);
    for (const { error } of samples) expect(error ?? '').not.toMatch(/undefined|\[object|ERR_|assert|:\d{5}/i);
    seen.finished += samples.length;
    seen.failed += samples.filter(({ error }) => error !== undefined).length;
    seen.interrupted += interrupted.length;
    seen.reconnects += samples.filter(({ reconnects }) => reconnects > 0).length;
    // Every user goes on as if nothing had been.
    const next = createHarness({ host: server.url });
    expect((await next.http.get('/ok', { timeout: 5 })).ok).toBe(true);
    if (!isCutShort) for (const { http } of users) expect((await http.get('/ok', { timeout: 5 })).ok).toBe(true);
    closeHarnesses();
  });
  await fc.assert(property, { numRuns: 8, endOnFailure: true });
  expect(seen.finished).toBeGreaterThan(100);
  expect(seen.failed).toBeGreaterThan(20);
  expect(seen.failed).toBeLessThan(seen.finished);
});

it('requests of many users at once leave nothing behind when all connections die together', async () => {
  const server = await startRaw((socket) => socket.resume());
  const harness = createHarness({ host: server.url });
  const users = Array.from({ length: 50 }, () => harness.createUser());
  const answers = users.map(({ http }) => http.get('/'));
  await expect.poll(() => server.sockets.size).toBe(50);
  const gone = Promise.all([...server.sockets].map((socket) => once(socket, 'close')));
  for (const socket of server.sockets) socket.resetAndDestroy();
  await gone;
  const errors = new Set((await Promise.all(answers)).map(({ error }) => error));
  expect([...errors]).toEqual(['the server reset the connection without an answer']);
  expect([harness.begun.length, harness.samples.length, harness.engine.inFlight.count]).toEqual([50, 50, 0]);
});
