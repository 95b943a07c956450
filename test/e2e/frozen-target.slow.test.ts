import { type RunEvent, run } from 'loadwright/node';
import { expect, test } from 'vitest';
import { type StockStats, startServer } from '../support/spawn-server.js';

test('a target frozen for ten seconds shows at once, and nothing is lost', async () => {
  const server = await startServer('stock');
  const events: RunEvent[] = [];
  const freeze = (second: number, signal: NodeJS.Signals) => (event: RunEvent) => {
    if (event.type === 'interval-closed' && event.interval === second) server.child.kill(signal);
  };
  const [stop, go] = [freeze(4, 'SIGSTOP'), freeze(14, 'SIGCONT')];
  const result = await run({
    script: 'examples/stock/scenario.ts',
    kinds: ['HighVolumeStockUser'],
    host: server.url,
    load: { users: 50, spawnRate: 50, runTime: '20s' },
    workers: 2,
    onEvent: (event) => {
      events.push(event);
      stop(event);
      go(event);
    },
  });
  const { total } = await server.readJson<StockStats>('/__stats');
  await server.stop();
  const outside = result.outside.reduce((sum, { completed }) => sum + completed, 0);
  expect(result.total.completed + outside).toBe(total);
  expect(result.total).toMatchObject({ interrupted: 0, failures: 0 });
  const intervals = events.flatMap((event) => (event.type === 'interval-closed' ? [event] : []));
  const frozen = intervals.filter(({ interval }) => interval >= 7 && interval <= 13);
  for (const { part, gauges, interval } of frozen) {
    expect(part.series.reduce((sum, { completed }) => sum + completed, 0)).toBe(0);
    expect(gauges.inFlight).toBe(50);
    expect(gauges.oldestInFlightMs).toBeGreaterThan((interval - 5) * 1000 - 500);
  }
  expect(frozen).toHaveLength(7);
  expect(result.total.maxMs).toBeGreaterThan(8000);
});
