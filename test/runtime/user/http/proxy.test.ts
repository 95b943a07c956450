import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, readCertificate, startEcho, startHttps, startRaw } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

/** A proxy for tunnels; `refuse` answers instead of opening one. Keeps the heads it was sent. */
async function startProxy(refuse?: (socket: Socket) => void) {
  const heads: string[] = [];
  const server = await startRaw((socket) => {
    socket.once('data', (chunk) => {
      const head = chunk.toString();
      heads.push(head);
      if (refuse !== undefined) {
        refuse(socket);
        return;
      }
      const [host, port] = head.split(' ')[1]!.split(':');
      const upstream = connect({ host: host!, port: Number(port) }, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(upstream).pipe(socket);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
    });
  });
  return Object.assign(server, { heads });
}

describe('an HTTP proxy', () => {
  it('is asked for plain requests by their whole address, on one connection', async () => {
    const proxy = await startEcho();
    const { http } = createHarness({ host: 'http://shop.test:81', settings: { proxy: proxy.url } });
    await http.get('/a?x=1', { headers: { 'x-one': '1' } });
    await http.post('http://other.test/b', { json: {} });
    await http.get('/c');
    expect(proxy.requests.map(({ url, headers }) => [url, headers.host])).toEqual([
      ['http://shop.test:81/a?x=1', 'shop.test:81'],
      ['http://other.test/b', 'other.test'],
      ['http://shop.test:81/c', 'shop.test:81'],
    ]);
    expect(proxy.requests[0]!.headers).toMatchObject({ 'x-one': '1' });
    expect(proxy.requests[0]!.headers['proxy-authorization']).toBeUndefined();
    expect(proxy.connections).toBe(2);
  });

  it('is told its password, and passes on a host that the scenario names', async () => {
    const proxy = await startEcho();
    const address = proxy.url.replace('//', '//kim:a%40b@');
    const { http } = createHarness({ host: 'http://shop.test', settings: { proxy: address } });
    await http.get('/', { headers: { host: 'inner.test' } });
    const basic = `Basic ${Buffer.from('kim:a@b').toString('base64')}`;
    expect(proxy.last().headers).toMatchObject({ 'proxy-authorization': basic, host: 'inner.test' });
  });

  it('is told a password as it is, if that is no well-formed escape', async () => {
    const proxy = await startEcho();
    const address = proxy.url.replace('//', '//100%:x@');
    const { http } = createHarness({ host: 'http://shop.test', settings: { proxy: address } });
    await http.get('/');
    const basic = `Basic ${Buffer.from('100%:x').toString('base64')}`;
    expect(proxy.last().headers).toMatchObject({ 'proxy-authorization': basic });
  });

  it('may itself be the one that fails a plain request', async () => {
    const proxy = await startEcho((_seen, _request, response) => response.writeHead(407).end());
    const { http } = createHarness({ host: 'http://shop.test', settings: { proxy: proxy.url } });
    expect((await http.get('/')).error).toBe('status 407 Proxy Authentication Required');
  });

  it('opens a tunnel for TLS, once, and is told its password', async () => {
    const certificate = readCertificate('localhost');
    const target = await startHttps(certificate, (_request, response) => response.end('secret'));
    const proxy = await startProxy();
    const address = proxy.url.replace('//', '//kim:pw@');
    const { http } = createHarness({ host: target.url, settings: { proxy: address, ca: certificate.cert } });
    const first = await http.get('/');
    expect(first.text()).toBe('secret');
    expect(first.timings.tlsMs).toBeGreaterThan(0);
    expect((await http.get('/')).ok).toBe(true);
    expect(proxy.heads.length).toBe(1);
    expect(proxy.heads[0]).toMatch(new RegExp(`^CONNECT ${target.host} HTTP/1.1\r\n`));
    expect(proxy.heads[0]!.toLowerCase()).toContain(`proxy-authorization: basic ${btoa('kim:pw').toLowerCase()}`);
  });

  it('checks the certificate of the target through the tunnel', async () => {
    const target = await startHttps(readCertificate('localhost'), (_request, response) => response.end());
    const proxy = await startProxy();
    const { http } = createHarness({ host: target.url, settings: { proxy: proxy.url } });
    expect((await http.get('/')).error).toMatch(/^TLS: the certificate is self-signed/);
  });

  it.each<[string, (socket: Socket) => void, RegExp]>([
    [
      'asks for a password',
      (socket) => socket.end('HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n'),
      /^proxy: no tunnel: status 407$/,
    ],
    [
      'has a bad gateway',
      (socket) => socket.write('HTTP/1.1 502 No\r\nContent-Length: 3\r\n\r\nno!'),
      /^proxy: no tunnel: status 502$/,
    ],
    ['closes', (socket) => socket.end(), /^proxy: the server (closed|reset) the connection while it was being opened$/],
    [
      'resets',
      (socket) => socket.resetAndDestroy(),
      /^proxy: the server reset the connection while it was being opened$/,
    ],
    ['talks nonsense', (socket) => socket.end('SSH-2.0\r\n'), /^proxy: malformed answer: /],
  ])('that %s fails the request', async (_what, refuse, error) => {
    const proxy = await startProxy(refuse);
    const { http, samples, engine } = createHarness({ host: 'https://shop.test', settings: { proxy: proxy.url } });
    for (let count = 0; count < 2; count++) expect((await http.get('/')).error).toMatch(error);
    expect(samples.length).toBe(2);
    expect(engine.inFlight.count).toBe(0);
  });

  it.each(['http', 'https'])('that is not there is named, for %s', async (protocol) => {
    const { http } = createHarness({ host: `${protocol}://shop.test`, settings: { proxy: 'http://127.0.0.1:1' } });
    expect((await http.get('/')).error).toBe('proxy: connection refused by 127.0.0.1:1');
  });

  it('that has no address is named', async () => {
    const notFound = Object.assign(new Error('getaddrinfo ENOTFOUND proxy.test'), { code: 'ENOTFOUND' });
    const { http } = createHarness({
      host: 'http://shop.test',
      settings: { proxy: 'http://proxy.test:3128' },
      lookup: (_name, _options, listener) => listener(notFound, []),
    });
    expect((await http.get('/')).error).toBe(
      'proxy: the name "proxy.test" could not be resolved: DNS knows no such name',
    );
  });
});
