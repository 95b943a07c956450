import { createServer } from 'node:net';
import { expect, test, vi } from 'vitest';
import { createBeacon } from '../../../src/runtime/beacon.js';
import type { PrepareMessage } from '../../../src/runtime/protocol.js';
import { planLoad, warmUp } from '../../../src/runtime/worker/warm-up.js';
import { HTTP_SETTINGS } from '../../support/http-harness.js';
import { planOf } from '../../support/planned-loads.js';

vi.mock('node:net', async (original) => {
  const net = await original<typeof import('node:net')>();
  return { ...net, createServer: vi.fn(net.createServer) };
});

const openOf = (rate: number) =>
  planOf({ load: { executor: 'constant-arrival-rate', rate, duration: '1s', preAllocatedUsers: 1 } });

const setupOf = (loads: ReturnType<typeof planOf>): PrepareMessage => ({
  type: 'prepare',
  script: { type: 'in-process', id: 0 },
  share: { index: 1, count: 2 },
  plan: { revisions: [{ revision: 0, effectiveAtMs: 0, loads }], kinds: [], seed: 1, measures: [] },
  settings: {
    env: {},
    tags: ['none of the rehearsal'],
    excludeTags: [],
    http: { ...HTTP_SETTINGS, proxy: 'http://127.0.0.1:1' },
    drainTimeoutMs: 5000,
    debug: true,
    sharesThread: false,
  },
  beacon: createBeacon(),
});

test.each([
  ['a closed load', planOf({ load: { users: 5000, spawnRate: 5000 } }), 2],
  ['a fast open load', openOf(4000), 900],
])(
  '%s is rehearsed on a socket of its own, even where a proxy is set, and that is closed again',
  async (_of, loads, least) => {
    let requests = 0;
    vi.mocked(createServer).mockClear();
    const warm = warmUp(setupOf(loads));
    const server = vi.mocked(createServer).mock.results[0]!.value as ReturnType<typeof createServer>;
    server.on('connection', (socket) => socket.on('data', () => requests++));
    await warm;
    expect(requests).toBeGreaterThanOrEqual(least);
    expect(server.listening).toBe(false);
    await vi.waitFor(
      () =>
        new Promise<void>((resolve, reject) => {
          server.getConnections((_, count) => (count === 0 ? resolve() : reject(new Error(`${count} open`))));
        }),
    );
  },
);

test('an open load is rehearsed at its own pace, each share its part, and no faster than ten thousand a second', () => {
  const paceOf = (rate: number, shares: number) => planLoad(openOf(rate), shares).line[0]!.to;
  expect(paceOf(4000, 1)).toBe(4000);
  expect(paceOf(4000, 2)).toBe(2000);
  expect(paceOf(100_000, 2)).toBe(10_000);
});

test('where starts are rare, and users of closed loads wait for answers, two requests are enough', () => {
  for (const loads of [openOf(50), planOf({ load: { users: 5000, spawnRate: 5000 } })]) {
    expect(planLoad(loads, 1)).toMatchObject({ model: 'users', iterations: { of: 'user', count: 2 } });
  }
});
