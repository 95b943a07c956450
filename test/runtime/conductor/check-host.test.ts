import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import { checkHosts } from '../../../src/runtime/conductor/check-host.js';

const DIRECT = { proxy: undefined, localAddress: [] };

const servers: Server[] = [];

async function listen(host = '127.0.0.1'): Promise<{ port: number; server: Server; connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on('error', () => {});
  });
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server, connections: () => connections };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const { port, server } = await listen();
  server.close();
  await once(server, 'close');
  return port;
}

async function refusalOf(attempt: Promise<void>): Promise<LoadwrightError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LoadwrightError)) expect.fail(`it was not refused, but gave ${String(error)}`);
  return error;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('checkHosts', () => {
  it('is content when somebody listens, and sends nothing', async () => {
    const { port, server, connections } = await listen();
    let received = 0;
    server.on('connection', (socket) => socket.on('data', (data: Buffer) => (received += data.length)));
    const host = `http://127.0.0.1:${port}`;
    await checkHosts([host, undefined, host], DIRECT);
    expect(connections()).toBe(1);
    expect(received).toBe(0);
  });

  it('says what is wrong at which host, and how to go on without the check', async () => {
    const port = await freePort();
    const error = await refusalOf(checkHosts([`http://127.0.0.1:${port}`], DIRECT));
    expect(error.code).toBe('ERR_HOST_UNREACHABLE');
    expect(error.message).toContain(`http://127.0.0.1:${port}`);
    expect(error.message).toContain('refused');
    expect(error.hint).toContain('--no-preflight');
  });

  it('fails if one of several hosts is missing', async () => {
    const { port } = await listen();
    const missing = await freePort();
    const error = await refusalOf(checkHosts([`http://127.0.0.1:${port}`, `http://127.0.0.1:${missing}`], DIRECT));
    expect(error.message).toContain(String(missing));
  });

  it('knows names that do not resolve', async () => {
    const error = await refusalOf(checkHosts(['http://no-such-name.invalid'], DIRECT));
    expect(error.message).toMatch(/"no-such-name.invalid" could not be resolved|no connection within/);
  });

  it('looks at the proxy only, where there is one', async () => {
    const { port } = await listen();
    const missing = await freePort();
    await checkHosts([`http://127.0.0.1:${missing}`], { ...DIRECT, proxy: `http://127.0.0.1:${port}` });
    const error = await refusalOf(
      checkHosts([`http://127.0.0.1:${port}`], { ...DIRECT, proxy: `http://127.0.0.1:${missing}` }),
    );
    expect(error.message).toContain(String(missing));
  });

  it('never shows the password of a host', async () => {
    const error = await refusalOf(checkHosts([`http://user:hunter2@127.0.0.1:${await freePort()}`], DIRECT));
    expect(error.message).not.toContain('hunter2');
  });

  it('has nothing to check without hosts', async () => {
    await checkHosts([undefined], DIRECT);
  });
});
