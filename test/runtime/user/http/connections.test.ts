import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Timings } from '../../../../src/runtime/user/http/http-types.js';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, readCertificate, startEcho, startHttp, startHttps } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

/** The parts are what the whole is made of, each not negative. */
function checkSum({ serviceMs, ...parts }: Timings): void {
  for (const part of Object.values(parts)) expect(part).toBeGreaterThanOrEqual(0);
  const sum = Object.values(parts).reduce((total, part) => total + part, 0);
  expect(Math.abs(sum - serviceMs)).toBeLessThan(2);
}

describe('timings', () => {
  it('show a new connection once', async () => {
    const server = await startEcho();
    const { http, samples } = createHarness({ host: server.url });
    const first = await http.get('/');
    const second = await http.get('/');
    checkSum(first.timings);
    checkSum(second.timings);
    expect(first.timings.connectingMs).toBeGreaterThan(0);
    expect(first.timings.tlsMs).toBe(0);
    expect(second.timings).toMatchObject({ connectingMs: 0, tlsMs: 0 });
    expect(samples.map(({ serviceMs }) => serviceMs)).toEqual([first.timings.serviceMs, second.timings.serviceMs]);
  });

  it('show TLS on a new connection', async () => {
    const certificate = readCertificate('localhost');
    const server = await startHttps(certificate, (_request, response) => response.end('ok'));
    const { http } = createHarness({ host: server.url, settings: { insecure: true } });
    const first = await http.get('/');
    checkSum(first.timings);
    expect(first.timings.tlsMs).toBeGreaterThan(0);
    expect(first.timings.connectingMs).toBeGreaterThan(0);
    expect((await http.get('/')).timings).toMatchObject({ connectingMs: 0, tlsMs: 0 });
  });

  it('tell waiting from receiving', async () => {
    const server = await startHttp((_request, response) => {
      setTimeout(() => response.writeHead(200, { 'content-length': 2 }).write('o'), 60);
      setTimeout(() => response.end('k'), 160);
    });
    const { http } = createHarness({ host: server.url });
    const { timings } = await http.get('/');
    checkSum(timings);
    expect(timings.waitingMs).toBeGreaterThan(50);
    expect(timings.waitingMs).toBeLessThan(95);
    expect(timings.receivingMs).toBeGreaterThan(70);
  });

  it('show queueing when requests overlap on one connection', async () => {
    const server = await startHttp((_request, response) => {
      setTimeout(() => response.end('ok'), 40);
    });
    const { http } = createHarness({ host: server.url, settings: { connectionsPerUser: 1 } });
    const answers = await Promise.all([http.get('/1'), http.get('/2'), http.get('/3')]);
    for (const { timings } of answers) checkSum(timings);
    const blocked = answers.map(({ timings }) => timings.blockedMs);
    expect(blocked[0]).toBeLessThan(5);
    expect(blocked[1]).toBeGreaterThan(35);
    expect(blocked[2]).toBeGreaterThan(75);
    expect(server.connections).toBe(1);
  });

  it('add up for a request that failed, too', async () => {
    const server = await startHttp((request, response) => {
      if (request.url === '/mid') response.writeHead(200, { 'content-length': 5 }).write('x');
    });
    const { http } = createHarness({ host: server.url });
    for (const path of ['/none', '/mid']) {
      const { timings } = await http.get(path, { timeout: '50ms' });
      checkSum(timings);
      expect(timings.serviceMs).toBeGreaterThan(48);
    }
  });
});

describe('connections of a user', () => {
  it('are one for requests in turn, none of which waits for a timer', async () => {
    const server = await startEcho();
    const { http } = createHarness({ host: server.url });
    await http.get('/');
    let best = Number.POSITIVE_INFINITY;
    // A turn of a timer for each would be 200 ms and more on top, in every round; others may be at work beside some.
    for (let round = 0; round < 12 && best >= 190; round++) {
      const startedAt = performance.now();
      for (let count = 0; count < 200; count++) await http.get('/');
      best = Math.min(best, performance.now() - startedAt);
    }
    expect(server.connections).toBe(1);
    expect(best).toBeLessThan(190);
  });

  it('are up to six for requests that overlap; the rest queues', async () => {
    const waiting: ServerResponse[] = [];
    const server = await startHttp((_request, response) => waiting.push(response));
    const { http, engine } = createHarness({ host: server.url });
    const all = Array.from({ length: 10 }, (_item, at) => http.get(`/${at}`));
    await expect.poll(() => waiting.length).toBe(6);
    expect(engine.inFlight.count).toBe(10);
    for (let count = 0; count < 10; count++) {
      await expect.poll(() => waiting.length).toBeGreaterThan(0);
      waiting.shift()!.end('ok');
    }
    expect((await Promise.all(all)).every(({ ok }) => ok)).toBe(true);
    expect(server.connections).toBe(6);
  });

  it('are not shared with other users', async () => {
    const server = await startEcho();
    const { http, createUser } = createHarness({ host: server.url });
    await http.get('/');
    await createUser().http.get('/');
    expect(server.connections).toBe(2);
  });

  it('are new for each request without reuse', async () => {
    const server = await startEcho();
    const { http } = createHarness({ host: server.url, settings: { connectionReuse: 'none' } });
    for (let count = 0; count < 3; count++) expect((await http.get('/')).timings.connectingMs).toBeGreaterThan(0);
    expect(server.connections).toBe(3);
    expect(server.last().headers.connection).toBe('close');
  });

  it('are closed while idle when the user is told so, and opened again', async () => {
    const server = await startEcho();
    const { http, session } = createHarness({ host: server.url });
    await http.get('/');
    const [socket] = server.sockets;
    session.close({ all: false });
    await once(socket!, 'close');
    expect((await http.get('/')).ok).toBe(true);
    expect(server.connections).toBe(2);
  });

  it('that close under a request fail it, and nothing else', async () => {
    const server = await startHttp(() => {});
    const { http, session, samples, engine } = createHarness({ host: server.url });
    const pending = http.get('/');
    await expect.poll(() => server.connections).toBe(1);
    session.close({ all: true });
    expect((await pending).error).toBe('the connection was closed on this side');
    expect(samples.length).toBe(1);
    expect(engine.inFlight.count).toBe(0);
  });
});

describe('the server’s Keep-Alive: timeout', () => {
  it('is honoured: no request goes out on a connection that is about to be closed', async () => {
    const server = await startEcho((_seen, _request, response) => {
      response.writeHead(200, { connection: 'keep-alive', 'keep-alive': 'timeout=1' }).end('ok');
    });
    const { http, samples } = createHarness({ host: server.url });
    await http.get('/');
    await http.get('/');
    expect(server.connections).toBe(1);
    const [socket] = server.sockets;
    const startedAt = performance.now();
    await once(socket!, 'close');
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect((await http.post('/')).ok).toBe(true);
    expect(server.connections).toBe(2);
    expect(samples.map(({ reconnects }) => reconnects)).toEqual([0, 0, 0]);
  });

  it('of nothing closes at once', async () => {
    const server = await startEcho((_seen, _request, response) => {
      response.writeHead(200, { connection: 'keep-alive', 'keep-alive': 'timeout=0' }).end('ok');
    });
    const { http } = createHarness({ host: server.url });
    for (let count = 0; count < 3; count++) expect((await http.post('/')).ok).toBe(true);
    expect(server.connections).toBe(3);
  });
});
