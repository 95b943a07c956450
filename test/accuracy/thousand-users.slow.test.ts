import { run } from 'loadwright/node';
import { expect, test } from 'vitest';
import { type StockStats, startServer } from '../support/spawn-server.js';

const USERS = 1000;
const SPAWN_RATE = 100;
const SECONDS = 60;

/** Requests of one task on average: the list reads a second page one time in two; the workflow does all three. */
const PER_TASK = (3 * 1.5 + 2 * 1 + 1 * 1 + 1 * 3.5) / 7;
/** A first task that needs a product reads the list before: three first choices in seven. */
const FIRST_LIST = (3 / 7) * 1.5;

/**
 * Tasks a user begins in `seconds`, the first one at once: renewals with a mean of 2 s and a variance of 1/3 s² are
 * t/μ + (σ² − μ²) / 2μ² for large t, and the first is one more.
 */
function tasksIn(seconds: number): number {
  return seconds / 2 + (1 / 3 - 4) / 8 + 1;
}

test('1,000 users with 1-3 s waits for a minute: no failure, requests as computed, the end on time', async () => {
  const server = await startServer('stock');
  const result = await run({
    script: 'examples/stock/scenario.ts',
    host: server.url,
    load: { users: USERS, spawnRate: SPAWN_RATE, runTime: SECONDS },
    seed: 1,
  });
  const { total } = await server.readJson<StockStats>('/__stats');
  await server.stop();
  const expected = Array.from({ length: USERS }, (_, user) => tasksIn(SECONDS - user / SPAWN_RATE)).reduce(
    (sum, tasks) => sum + 1 + FIRST_LIST + tasks * PER_TASK,
    0,
  );
  expect(result.exitCode).toBe(0);
  expect(result.total.failures).toBe(0);
  const outside = result.outside.reduce((sum, { completed }) => sum + completed, 0);
  expect(result.total.completed + outside).toBe(total);
  expect(Math.abs(result.total.completed / expected - 1)).toBeLessThan(0.05);
  expect(result.usersStarted).toBe(USERS);
  expect(result.durationMs).toBe(SECONDS * 1000);
  console.log(
    `drain ${result.drainMs.toFixed(1)} ms, slowest ${result.total.maxMs?.toFixed(1)} ms, start lag mean ${(result.part.startLag.totalMs / USERS).toFixed(2)} max ${result.part.startLag.maxMs?.toFixed(1)}`,
  );
  // What was on the wire at the end had to be waited for; a loopback answer takes a few milliseconds.
  expect(result.drainMs).toBeLessThan(50 + (result.total.maxMs ?? 0));
  const { startLag } = result.part;
  expect(startLag.count).toBe(USERS);
  // On a quiet machine about a millisecond.
  expect(startLag.totalMs / startLag.count).toBeLessThan(20);
});
