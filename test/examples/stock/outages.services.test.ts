import { describe, expect, it } from 'vitest';
import { countUnits, runHighVolume, type WatchedSecond, watchSeconds } from '../../support/stock-run.js';
import { useStockServers } from '../../support/stock-servers.js';

const servers = useStockServers();
const { start } = servers;

/** How much of a second went well. */
const shareOfSuccess = ({ completed, failures }: WatchedSecond) => (completed - failures) / Math.max(1, completed);

const LOAD = { users: 100, spawnRate: 100, runTime: '8s' };
const KILL_AFTER = 2;
const RETURN_AFTER = 3;

/** The run's last two seconds: everything is there again. */
function expectRecovery(seconds: readonly WatchedSecond[]): void {
  for (const second of seconds.slice(6, 8)) {
    expect(second.completed).toBeGreaterThan(50);
    expect(shareOfSuccess(second)).toBe(1);
  }
}

describe('kill -9 in the middle of a run: it goes on, counts failures, recovers, and the stock adds up', () => {
  it.each([
    ['optimistic', []],
    ['pessimistic', ['--processes', '2']],
    ['optimistic', ['--reserve', 'async']],
  ])('of the server, locking %s %s', async (locking, more) => {
    const server = await start('--locking', locking, ...more);
    let restarted: Promise<unknown> = Promise.resolve();
    const { seconds, onEvent } = watchSeconds({
      [KILL_AFTER]: () => {
        restarted = server.killAndRestart();
      },
    });
    const result = await runHighVolume(server.url, { load: LOAD, onEvent });
    await restarted;
    expect(result.verifyFailures).toEqual([]);
    expect(result.total.failures).toBeGreaterThan(0);
    expectRecovery(seconds);
  });

  it.each([
    ['optimistic', []],
    ['pessimistic', []],
    ['optimistic', ['--reserve', 'async']],
  ])('of PostgreSQL, locking %s %s', async (locking, more) => {
    const server = await start('--locking', locking, ...more);
    let restarted: Promise<unknown> = Promise.resolve();
    const { seconds, onEvent } = watchSeconds({
      [KILL_AFTER]: () => void servers.services.postgres.kill(),
      [RETURN_AFTER]: () => {
        restarted = servers.services.postgres.restart();
      },
    });
    const result = await runHighVolume(server.url, { load: LOAD, onEvent });
    await restarted;
    expect(result.verifyFailures).toEqual([]);
    expect(result.total.failures).toBeGreaterThan(0);
    expect(result.part.series.some(({ statuses }) => (statuses['503'] ?? 0) > 0)).toBe(true);
    expectRecovery(seconds);
  });

  it('of Redis: a cache that is away is a miss and fails nothing', async () => {
    const server = await start();
    let restarted: Promise<unknown> = Promise.resolve();
    const { seconds, onEvent } = watchSeconds({
      [KILL_AFTER]: () => void servers.services.redis.kill(),
      [RETURN_AFTER]: () => {
        restarted = servers.services.redis.restart();
      },
    });
    const result = await runHighVolume(server.url, { load: LOAD, onEvent });
    await restarted;
    expect(result.verifyFailures).toEqual([]);
    expect(result.total.failures).toBe(0);
    expectRecovery(seconds);
  });

  it('of Redis with the jobs in it: what became of them is unknown, and is counted so', async () => {
    const server = await start('--reserve', 'async');
    let restarted: Promise<unknown> = Promise.resolve();
    const { seconds, onEvent } = watchSeconds({
      [KILL_AFTER]: () => void servers.services.redis.kill(),
      [RETURN_AFTER]: () => {
        restarted = servers.services.redis.restart();
      },
    });
    const result = await runHighVolume(server.url, { load: LOAD, onEvent });
    await restarted;
    expect(result.verifyFailures).toEqual([]);
    expect(countUnits(result).unknown).toBeGreaterThan(0);
    expect(result.total.failures).toBeGreaterThan(0);
    expect(seconds[7]!.completed).toBeGreaterThan(50);
  });
});
