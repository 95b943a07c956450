import type { RunResult } from 'loadwright/node';
import { describe, expect, it } from 'vitest';
import { countUnits, runHighVolume } from '../../support/stock-run.js';
import { useStockServers } from '../../support/stock-servers.js';
import { callStock, logIn, reserve } from '../../support/stock-target.js';

const servers = useStockServers();

const start = (...flags: string[]) => servers.start('--hot', '5', ...flags);

function countStatus({ part }: RunResult, status: string): number {
  return part.series.reduce((sum, { statuses }) => sum + (statuses[status] ?? 0), 0);
}

describe('200 users on 5 hot products', () => {
  it.each([
    ['optimistic', []],
    ['optimistic', ['--processes', '2']],
    ['pessimistic', []],
    ['pessimistic', ['--processes', '2', '--gap', '5']],
  ])('with locking %s %s: nothing is lost', async (locking, more) => {
    const { url } = await start('--locking', locking, ...more);
    const result = await runHighVolume(url);
    expect(result.verifyFailures).toEqual([]);
    expect(result.total.failures).toBe(0);
    expect(countStatus(result, '201')).toBeGreaterThan(100);
  });

  it.each([
    ['optimistic', []],
    ['pessimistic', []],
  ])('with locking %s, 500 units of each are sold and not one more', async (locking, more) => {
    const { url } = await start('--locking', locking, '--stock', '500', ...more);
    const result = await runHighVolume(url);
    expect(result.verifyFailures).toEqual([]);
    const { told, refused } = countUnits(result);
    expect(told).toBeGreaterThan(5 * 400);
    expect(told).toBeLessThanOrEqual(5 * 500);
    expect(refused).toBeGreaterThan(0);
  });

  it('without locking, updates are lost, and the run says of which products', async () => {
    const { url } = await start('--locking', 'none');
    const result = await runHighVolume(url);
    expect(result.exitCode).toBe(99);
    expect(result.verifyFailures).not.toEqual([]);
    for (const failure of result.verifyFailures!) {
      expect(failure).toMatch(
        /^상품 [1-5]: [\d,]+ reserved by what users were told, but [\d,]+ taken \(1,000,000 before/,
      );
      expect(failure).toMatch(/: told minus stored is [1-9][\d,]*\.$/);
    }
  });

  it('without locking, 20 users at once are told that the same units are theirs', async () => {
    // The first of twenty may else be done before the others are read, where others keep the machine busy.
    const server = await start('--locking', 'none', '--stock', '50', '--gap', '200');
    const { access: token } = await logIn(server, 'user1');
    const { body } = await callStock(server, '/api/products/', { token });
    const { id } = body.results[0];
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => reserve(server, token, { product_id: id, quantity: 30 })),
    );
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(1);
  });

  it('without locking, 50 units of each are oversold, and the run says so', async () => {
    // A handful of reservations and they are gone: those have to meet.
    const { url } = await start('--locking', 'none', '--stock', '50', '--gap', '200');
    const result = await runHighVolume(url);
    expect(result.exitCode).toBe(99);
    expect(result.verifyFailures!.join('\n')).toMatch(
      /^상품 [1-5]: oversold, users were told of [\d,]+ where there were 50 \(50 before, \d+ after\): told minus stored is /m,
    );
  });
});

describe('reservations as jobs', () => {
  it('are answered later, and add up', async () => {
    const { url } = await start('--reserve', 'async');
    const result = await runHighVolume(url, { load: { users: 100, spawnRate: 100, runTime: '5s' } });
    expect(result.verifyFailures).toEqual([]);
    expect(result.total.failures).toBe(0);
    expect(countStatus(result, '202')).toBeGreaterThan(50);
    expect(countStatus(result, '201')).toBe(0);
    expect(countUnits(result).told).toBeGreaterThan(1_000);
  });
});
