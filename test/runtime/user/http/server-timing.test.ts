import { afterEach, describe, expect, test } from 'vitest';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, startHttp, startRaw } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

describe('Server-Timing of an answer', () => {
  test.each(['content-length', 'chunked'])('is told with its request: %s', async (coding) => {
    const server = await startHttp((_request, response) => {
      response.setHeader('sErVeR-TiMiNg', 'db;dur=3;desc="2 queries", cache;desc=hit');
      if (coding === 'chunked') response.write('a');
      response.end('b');
    });
    const { http, samples } = createHarness({ host: server.url });
    for (let index = 0; index < 3; index++) await http.get('/');
    expect(samples.map(({ serverTiming }) => serverTiming)).toEqual(
      Array(3).fill('db;dur=3;desc="2 queries", cache;desc=hit'),
    );
  });

  test('several headers are one list', async () => {
    const server = await startHttp((_request, response) => {
      response.setHeader('Server-Timing', ['db;dur=3', 'cache', ' auth;dur=1 ']);
      response.end('ok');
    });
    const { http, onlySample } = createHarness({ host: server.url });
    await http.get('/');
    expect(onlySample().serverTiming).toBe('db;dur=3, cache, auth;dur=1');
  });

  test('is absent without it, also after an answer that had it, and of a request without an answer', async () => {
    let count = 0;
    const server = await startHttp((request, response) => {
      count++;
      if (count === 1) response.setHeader('Server-Timing', 'db;dur=3');
      response.setHeader('Server-Timings', 'x;dur=1');
      response.setHeader('Last-Modified', 'today');
      if (count === 3) request.socket.destroy();
      else response.end('ok');
    });
    const { http, samples } = createHarness({ host: server.url });
    for (let index = 0; index < 3; index++) await http.post('/');
    expect(samples.map(({ serverTiming }) => serverTiming)).toEqual(['db;dur=3', undefined, undefined]);
  });

  test('also of failed requests; of redirects the last answer counts', async () => {
    const server = await startHttp((request, response) => {
      response.setHeader('Server-Timing', `at;desc="${request.url}"`);
      if (request.url === '/from') response.writeHead(302, { location: '/to' }).end();
      else response.writeHead(503).end('no');
    });
    const { http, onlySample } = createHarness({ host: server.url });
    await http.get('/from');
    expect(onlySample()).toMatchObject({ status: 503, hops: 1, serverTiming: 'at;desc="/to"' });
  });

  test('of answers that are unusual', async () => {
    const answers = [
      'HTTP/1.1 200 OK\r\nServer-Timing:db;dur=1\r\nserver-timing: \t cache \t\r\n\r\nuntil the end',
      'HTTP/1.1 103 Early Hints\r\nServer-Timing: early;dur=9\r\n\r\nHTTP/1.1 200 OK\r\nServer-Timing: late\r\nContent-Length: 2\r\n\r\nok',
      'HTTP/1.1 200 OK\r\nServer-Timing:\r\nContent-Length: 2\r\n\r\nok',
    ];
    const server = await startRaw((socket, number) => {
      socket.once('data', () => socket.end(answers[number]!));
    });
    const { http, samples } = createHarness({ host: server.url, settings: { connectionReuse: 'none' } });
    for (const _ of answers) await http.get('/');
    expect(samples.map(({ serverTiming }) => serverTiming)).toEqual(['db;dur=1, cache', 'late', '']);
  });
});
