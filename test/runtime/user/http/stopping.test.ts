import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { Measurement } from '../../../../src/runtime/user/measurement.js';
import { USER_STOPPED } from '../../../../src/runtime/user/user-signals.js';
import { closeHarnesses, createHarness, type Harness } from '../../../support/http-harness.js';
import { closeServers, startHttp } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

/** A server whose answers wait until the test gives them. */
async function startPatient(settings: Parameters<typeof createHarness>[0] = {}) {
  const waiting: ServerResponse[] = [];
  const server = await startHttp((_request, response) => waiting.push(response));
  return { ...createHarness({ host: server.url, ...settings }), server, waiting };
}

const measure = <T>({ session, scope }: Harness, name: string, fn: () => T | Promise<T>) =>
  new Measurement<T>(session, scope, { about: name, source: session.source }).run(fn);

/** What a promise has come to, once all that can settle has settled. */
async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  const pending = new Promise((resolve) => setTimeout(resolve, 20, 'pending'));
  return Promise.race([promise.catch((error: unknown) => error), pending]);
}

describe('after the stop of a user', () => {
  it('a request on the wire rejects at once, and is recorded when its answer comes', async () => {
    const { http, scope, waiting, samples, interrupted, engine, told } = await startPatient();
    const pending = http.get('/slow');
    await expect.poll(() => waiting.length).toBe(1);
    const resumed = told.resumed;
    scope.stop();
    await expect(pending).rejects.toBe(USER_STOPPED);
    expect(told.resumed).toBe(resumed + 1);
    expect([samples.length, engine.inFlight.count]).toEqual([0, 1]);
    waiting[0]!.end('late');
    await expect.poll(() => samples.length).toBe(1);
    expect(samples[0]).toMatchObject({ name: '/slow', status: 200, error: undefined, bytesReceived: 4 });
    expect([interrupted.length, engine.inFlight.count]).toEqual([0, 0]);
    expect(told.resumed).toBe(resumed + 1);
  });

  it('a request on the wire that fails later is recorded as failed', async () => {
    const { http, scope, server, samples, waiting } = await startPatient();
    const pending = http.get('/slow', { required: true });
    await expect.poll(() => waiting.length).toBe(1);
    scope.stop();
    await expect(pending).rejects.toBe(USER_STOPPED);
    for (const socket of server.sockets) socket.destroy();
    await expect.poll(() => samples.length).toBe(1);
    expect(samples[0]!.error).toMatch(/^the server (closed|reset) the connection without an answer$/);
  });

  it('a request that has not left its queue is interrupted, and never reaches the target', async () => {
    const { http, scope, waiting, begun, samples, interrupted } = await startPatient({
      settings: { connectionsPerUser: 1 },
    });
    const all = [http.get('/1'), http.get('/2'), http.post('/3')];
    await expect.poll(() => waiting.length).toBe(1);
    scope.stop();
    for (const pending of all) await expect(pending).rejects.toBe(USER_STOPPED);
    expect(interrupted.sort()).toEqual(['GET /2', 'POST /3']);
    waiting[0]!.end('ok');
    await expect.poll(() => samples.length).toBe(1);
    expect([begun.length, waiting.length]).toEqual([3, 1]);
  });

  it('what the drain does not wait for is interrupted, and its connection closed', async () => {
    const { http, scope, waiting, begun, samples, interrupted, engine, server } = await startPatient();
    const all = [http.get('/1'), http.get('/2')];
    await expect.poll(() => waiting.length).toBe(2);
    waiting[1]!.writeHead(200, { 'content-length': 9 }).write('half');
    scope.stop();
    for (const pending of all) await expect(pending).rejects.toBe(USER_STOPPED);
    engine.inFlight.interruptAll();
    expect([begun.length, samples.length, interrupted.length, engine.inFlight.count]).toEqual([2, 0, 2, 0]);
    await expect.poll(() => server.sockets.size).toBe(0);
    expect([samples.length, interrupted.length]).toEqual([0, 2]);
  });

  it('interrupting everything also rejects calls of users that were not stopped, who may go on', async () => {
    const { http, waiting, engine, interrupted } = await startPatient();
    const pending = http.get('/', { timeout: '300ms' });
    await expect.poll(() => waiting.length, { interval: 5 }).toBe(1);
    engine.inFlight.interruptAll();
    await expect(pending).rejects.toBe(USER_STOPPED);
    expect(interrupted).toEqual(['GET /']);
    // A timeout after the one that was being waited for.
    expect((await http.get('/', { timeout: '400ms' })).error).toBe('not finished within 400 ms');
  });

  it('tells when the last request has gone', async () => {
    const { http, waiting, engine } = await startPatient();
    let empties = 0;
    engine.inFlight.onEmpty = () => empties++;
    const all = [http.get('/1'), http.get('/2')];
    await expect.poll(() => waiting.length).toBe(2);
    waiting[0]!.end();
    await Promise.race(all);
    expect(empties).toBe(0);
    waiting[1]!.end();
    await Promise.all(all);
    expect(empties).toBe(1);
  });

  it('a new call rejects if no other did; the next one never settles and leaves the user behind', async () => {
    const { http, scope, begun, told } = await startPatient();
    scope.stop();
    await expect(http.get('/')).rejects.toBe(USER_STOPPED);
    expect(told.leftBehind).toBe(0);
    expect(await outcomeOf(http.get('/'))).toBe('pending');
    expect(await outcomeOf(http.post('/', { multipart: { a: 'b' } }))).toBe('pending');
    expect(told.leftBehind).toBe(2);
    expect(begun).toEqual([]);
  });

  it('a new call after one that was pending never settles', async () => {
    const { http, scope, waiting, told } = await startPatient();
    const pending = http.get('/');
    await expect.poll(() => waiting.length).toBe(1);
    scope.stop();
    await expect(pending).rejects.toBe(USER_STOPPED);
    expect(await outcomeOf(http.get('/'))).toBe('pending');
    expect(told.leftBehind).toBe(1);
  });

  it('a call whose body is still being encoded rejects like the others, and begins nothing', async () => {
    const { http, scope, waiting, begun, told } = await startPatient();
    const plain = http.get('/');
    await expect.poll(() => waiting.length).toBe(1);
    const encoding = http.post('/', { body: new Blob(['x'.repeat(1000)]) });
    scope.stop();
    await expect(plain).rejects.toBe(USER_STOPPED);
    await expect(encoding).rejects.toBe(USER_STOPPED);
    expect(begun).toEqual(['GET /']);
    expect(told.leftBehind).toBe(0);
  });

  it('its signal is aborted, also if it is asked for later', () => {
    const first = createHarness();
    const { signal } = first.scope;
    expect(signal.aborted).toBe(false);
    first.scope.stop();
    expect(signal).toMatchObject({ aborted: true, reason: USER_STOPPED });
    const second = createHarness();
    second.scope.stop();
    second.scope.stop();
    expect(second.scope.signal.aborted).toBe(true);
  });
});

describe('a measurement', () => {
  it('is counted like a request', async () => {
    const harness = createHarness();
    expect(await measure(harness, 'query', async () => 42)).toBe(42);
    const failure = new Error('no such table');
    await expect(measure(harness, 'query', () => Promise.reject(failure))).rejects.toBe(failure);
    await expect(
      measure(harness, 'query', () => {
        throw new RangeError();
      }),
    ).rejects.toThrow(RangeError);
    expect(harness.begun).toEqual(['CALL query', 'CALL query', 'CALL query']);
    expect(harness.samples.map(({ error }) => error)).toEqual([undefined, 'no such table', 'RangeError']);
    expect(harness.engine.inFlight.count).toBe(0);
  });

  it('rejects at the stop and is recorded when its function ends', async () => {
    const harness = createHarness();
    let finish: (value: string) => void = () => {};
    const pending = measure(
      harness,
      'query',
      () =>
        new Promise<string>((resolve) => {
          finish = resolve;
        }),
    );
    harness.scope.stop();
    await expect(pending).rejects.toBe(USER_STOPPED);
    expect(harness.samples.length).toBe(0);
    finish('done');
    await expect.poll(() => harness.samples.length).toBe(1);
    expect(harness.samples[0]).toMatchObject({ method: 'CALL', name: 'query', error: undefined });
  });

  it.each<[string, (harness: Harness) => Promise<unknown>]>([
    ['the stop itself', ({ scope }) => new Promise((_resolve, reject) => scope.enter({ reject }))],
    [
      'a client that heeds the signal',
      ({ scope }) =>
        new Promise((_resolve, reject) => {
          scope.signal.addEventListener('abort', () =>
            reject(Object.assign(new Error('aborted'), { name: 'AbortError' })),
          );
        }),
    ],
  ])('that ends because of %s is interrupted, not failed', async (_what, work) => {
    const harness = createHarness();
    const pending = measure(harness, 'query', () => work(harness));
    harness.scope.stop();
    await expect(pending).rejects.toBe(USER_STOPPED);
    await expect.poll(() => harness.interrupted).toEqual(['CALL query']);
    expect([harness.samples.length, harness.engine.inFlight.count]).toEqual([0, 0]);
  });

  it('that never ends is interrupted with the rest', async () => {
    const harness = createHarness();
    const pending = measure(harness, 'query', () => new Promise(() => {}));
    harness.scope.stop();
    await expect(pending).rejects.toBe(USER_STOPPED);
    harness.engine.inFlight.interruptAll();
    expect([harness.interrupted, harness.engine.inFlight.count]).toEqual([['CALL query'], 0]);
  });

  it('refuses http inside it, but not outside at the same time', async () => {
    const { waiting, ...harness } = await startPatient();
    const inside = measure(harness, 'query', async () => {
      await Promise.resolve();
      return harness.http.get('/');
    });
    const outside = harness.http.get('/');
    await expect(inside).rejects.toMatchObject({ code: 'ERR_HTTP_INSIDE_MEASURE' });
    await expect.poll(() => waiting.length).toBe(1);
    waiting[0]!.end();
    expect((await outside).ok).toBe(true);
  });
});
