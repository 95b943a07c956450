import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'loadwright/node';
import { expect, test } from 'vitest';
import { startServer } from '../support/spawn-server.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

/** The scenario keeps what each response says of itself and writes it down: a raw log to hold the report against. */
const SCENARIO = `
import { appendFileSync } from 'node:fs';
import { defineTest, defineUser } from 'loadwright';
const times = [];
const Visitor = defineUser({
  tasks: { async go({ http, random }) {
    const response = await http.get('/');
    times.push(response.timings.serviceMs);
  } },
  async onStop({ env }) { appendFileSync(env.RAW_LOG, times.splice(0).map((time) => time + '\\n').join('')); },
});
export default defineTest({ users: { Visitor } });
`;

function nearestRank(sorted: number[], percentile: number): number {
  return sorted[Math.max(1, Math.ceil((percentile * sorted.length) / 100 - 1e-9)) - 1]!;
}

test('percentiles are within 0.1 % of those of the raw log of the same run', async () => {
  const server = await startServer('arrivals');
  const rawLog = join(createTemporaryFolder(), 'times.txt');
  const { total } = await run({
    script: writeScenario(SCENARIO),
    host: server.url,
    load: { users: 8, spawnRate: 1000, runTime: '1s' },
    workers: 2,
    env: { RAW_LOG: rawLog },
  });
  await server.stop();
  const times = readFileSync(rawLog, 'utf8').trim().split('\n').map(Number);
  // The last answers of users that were stopped while waiting for them are in the report alone.
  expect(total.completed - times.length).toBeLessThanOrEqual(8);
  expect(times.length).toBeGreaterThan(500);
  const sorted = times.sort((a, b) => a - b);
  for (const percentile of [50, 66, 75, 80, 90, 95] as const) {
    const exact = nearestRank(sorted, percentile);
    const around = [-8, 8].map((shift) => sorted[Math.max(0, sorted.indexOf(exact) + shift)] ?? exact);
    // Up to eight more answers move the rank by as much; the histogram adds its 0.05 %.
    expect(total.percentiles[percentile]).toBeGreaterThanOrEqual(around[0]! * 0.999);
    expect(total.percentiles[percentile]).toBeLessThanOrEqual(around[1]! * 1.001);
  }
});
