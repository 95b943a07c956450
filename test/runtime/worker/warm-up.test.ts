import { createServer } from 'node:net';
import { expect, test, vi } from 'vitest';
import { warmUp } from '../../../src/runtime/worker/warm-up.js';
import { HTTP_SETTINGS } from '../../support/http-harness.js';

vi.mock('node:net', async (original) => {
  const net = await original<typeof import('node:net')>();
  return { ...net, createServer: vi.fn(net.createServer) };
});

test('requests go to a socket of its own, over one connection, even where a proxy is set, and it is closed again', async () => {
  await warmUp({ ...HTTP_SETTINGS, proxy: 'http://127.0.0.1:1' });
  const server = vi.mocked(createServer).mock.results[0]!.value as ReturnType<typeof createServer>;
  expect(server.listening).toBe(false);
  await vi.waitFor(
    () =>
      new Promise<void>((resolve, reject) => {
        server.getConnections((_, count) => (count === 0 ? resolve() : reject(new Error(`${count} open`))));
      }),
  );
});
