import { createServer } from 'node:net';
import { expect, test, vi } from 'vitest';
import { countWarmUps, warmUp } from '../../../src/runtime/worker/warm-up.js';
import { HTTP_SETTINGS } from '../../support/http-harness.js';
import { planOf } from '../../support/planned-loads.js';

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

test('an open load is given half a second of its starts, each share its part, and no more than a thousand', () => {
  const openOf = (rate: number) =>
    planOf({ load: { executor: 'constant-arrival-rate', rate, duration: '1s', preAllocatedUsers: 1 } });
  expect(countWarmUps(openOf(100), 1)).toBe(50);
  expect(countWarmUps(openOf(100), 2)).toBe(25);
  expect(countWarmUps(openOf(100_000), 2)).toBe(1000);
  expect(countWarmUps(openOf(0.1), 1)).toBe(2);
  expect(countWarmUps(planOf({ load: { users: 5000, spawnRate: 5000 } }), 1)).toBe(2);
});
