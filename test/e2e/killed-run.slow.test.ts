import { expect, test } from 'vitest';
import { killRun } from '../support/kill-run.js';
import { startServer } from '../support/spawn-server.js';

test('a run of 30 seconds killed after second 20 leaves every second up to 19', async () => {
  const server = await startServer('arrivals');
  try {
    const { intervals } = await killRun(server.url, 20);
    expect(intervals).toEqual(Array.from({ length: 20 }, (_, interval) => interval));
  } finally {
    await server.stop();
  }
});
