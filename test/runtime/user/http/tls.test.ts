import { spawn } from 'node:child_process';
import type { TlsOptions } from 'node:tls';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { canRun } from '../../../support/can-run.js';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import {
  certificateFile,
  closeServers,
  readCertificate,
  startEcho,
  startHttps,
  startRaw,
} from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

const certificate = readCertificate('localhost');
const elsewhere = readCertificate('elsewhere');
const lookup = (_name: string, _options: unknown, listener: (error: null, found: { address: string }[]) => void) =>
  listener(null, [{ address: '127.0.0.1' }]);

/** What Node's own server does not do: it ends the connection of such a client without a word. */
async function startOpenssl(options: readonly string[]): Promise<string> {
  const files = ['cert', 'key'].flatMap((kind) => [`-${kind}`, certificateFile('localhost', kind)]);
  const words = ['s_server', '-accept', '127.0.0.1:0', ...files, ...options];
  const child = spawn('openssl', words, { stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill());
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      const port = /ACCEPT 127\.0\.0\.1:(\d+)/.exec(printed)?.[1];
      if (port !== undefined) resolve(`https://127.0.0.1:${port}`);
    });
    child.once('exit', () => reject(new Error(`openssl ended at once: ${printed}`)));
  });
}

function startSecure(chosen = certificate) {
  return startHttps(chosen, (_request, response) => response.end('secret'));
}

describe('TLS', () => {
  it('refuses a self-signed certificate, and says how to trust it', async () => {
    const server = await startSecure();
    const { http, samples } = createHarness({ host: server.url });
    for (let count = 0; count < 2; count++) {
      const response = await http.get('/');
      expect(response.error).toBe('TLS: the certificate is self-signed (trust it with --ca, or --insecure)');
    }
    expect(samples.length).toBe(2);
  });

  it.each<[string, { insecure?: boolean; ca?: string }]>([
    ['insecure', { insecure: true }],
    ['its authority is given', { ca: certificate.cert }],
    ['its authority is one of several', { ca: `${elsewhere.cert}\n${certificate.cert}` }],
  ])('accepts it if %s, by name and by address, on one connection each', async (_what, settings) => {
    const server = await startSecure();
    for (const host of [server.url, server.url.replace('127.0.0.1', 'localhost')]) {
      const { http } = createHarness({ host, settings });
      for (let count = 0; count < 3; count++) expect((await http.get('/')).text()).toBe('secret');
    }
    expect(server.connections).toBe(2);
  });

  it.each([
    ['shop.test', 'TLS: the certificate is not for "shop.test" (--insecure accepts it)'],
    ['127.0.0.1', 'TLS: the certificate is not for "127.0.0.1" (--insecure accepts it)'],
  ])('refuses a certificate that is for another name than %s', async (name, error) => {
    const server = await startSecure(elsewhere);
    const { http, samples } = createHarness({
      host: `https://${name}:${server.port}`,
      settings: { ca: elsewhere.cert },
      lookup,
    });
    for (let count = 0; count < 2; count++) expect((await http.get('/')).error).toBe(error);
    expect(samples.map(({ status }) => status)).toEqual([0, 0]);
  });

  it('accepts any name if insecure', async () => {
    const server = await startSecure(elsewhere);
    const { http } = createHarness({ host: server.url, settings: { insecure: true } });
    expect((await http.get('/')).ok).toBe(true);
  });

  it('says that an authority is no certificate', async () => {
    const server = await startSecure();
    const { http } = createHarness({ host: server.url, settings: { ca: 'not a certificate' } });
    const response = await http.get('/');
    expect(response.ok).toBe(false);
    expect(response.error).toMatch(/^TLS: /);
  });

  it('says that a port does not speak it', async () => {
    const plain = await startEcho();
    const { http } = createHarness({ host: plain.url.replace('http', 'https') });
    expect((await http.get('/')).error).toBe('TLS: the server does not speak TLS on this port');
  });

  it.each<[string, (url: string) => string]>([
    ['by speaking it where plain HTTP is asked', (url) => url.replace('https', 'http')],
  ])('fails understandably %s', async (_what, change) => {
    const server = await startSecure();
    const { http } = createHarness({ host: change(server.url) });
    expect((await http.get('/')).error).toMatch(/^(the server (closed|reset) the connection|malformed answer)/);
  });

  it.each<[string, 'end' | 'destroy' | 'resetAndDestroy', string]>([
    ['ends', 'end', 'closed|reset'],
    ['closes', 'destroy', 'closed|reset'],
    ['resets', 'resetAndDestroy', 'closed|reset'],
  ])('says that a server %s the connection during the handshake', async (_what, act, verb) => {
    const server = await startRaw((socket) => socket.once('data', () => socket[act]()));
    const { http, samples } = createHarness({ host: server.url.replace('http', 'https') });
    const pattern = new RegExp(`^TLS: the server (${verb}) the connection during the handshake$`);
    expect((await http.get('/')).error).toMatch(pattern);
    expect(samples.length).toBe(1);
  });

  it.each<[string, TlsOptions, string]>([
    [
      'speaks only versions that are too old',
      { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      'TLS: server and Loadwright have no version of TLS in common',
    ],
    [
      'has no cipher in common',
      { maxVersion: 'TLSv1.2', ciphers: 'PSK-AES128-CBC-SHA' },
      'TLS: the server refused the handshake: no cipher in common, or it wants a certificate',
    ],
  ])('says that a server %s', async (_what, options, error) => {
    const server = await startHttps({ ...certificate, ...options }, (_request, response) => response.end());
    const { http, samples } = createHarness({ host: server.url, settings: { insecure: true } });
    for (let count = 0; count < 2; count++) expect((await http.get('/')).error).toBe(error);
    expect(samples.length).toBe(2);
  });

  it.runIf(canRun('openssl', ['version']))('says that a server wants a certificate of its clients', async () => {
    const server = await startOpenssl(['-tls1_3', '-Verify', '1', '-verify_return_error']);
    const { http } = createHarness({ host: server, settings: { insecure: true } });
    for (let count = 0; count < 2; count++) {
      expect((await http.get('/')).error).toBe('TLS: the server wants a certificate from its clients');
    }
  });

  it('counts handshakes, how long they took, and those that failed', async () => {
    const server = await startSecure();
    const strict = createHarness({ host: server.url });
    await strict.http.get('/');
    expect(strict.engine.takeConnections()).toEqual({ opened: 1, tlsHandshakes: 0, tlsFailures: 1, tlsMs: 0 });
    const { http, engine } = createHarness({ host: server.url, settings: { insecure: true } });
    for (let count = 0; count < 3; count++) await http.get('/');
    const counts = engine.takeConnections();
    expect(counts).toMatchObject({ opened: 1, tlsHandshakes: 1, tlsFailures: 0 });
    expect(counts.tlsMs).toBeGreaterThan(0);
    expect(engine.takeConnections()).toEqual({ opened: 0, tlsHandshakes: 0, tlsFailures: 0, tlsMs: 0 });
  });

  it('says that a server resets the connection as soon as it is there', async () => {
    const server = await startRaw((socket) => socket.resetAndDestroy());
    const { http } = createHarness({ host: server.url.replace('http', 'https') });
    expect((await http.get('/')).error).toMatch(/^TLS: the server (closed|reset) the connection during the handshake$/);
  });
});
