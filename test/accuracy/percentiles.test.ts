import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunResult, run } from 'loadwright/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { percentilesOf } from '../../src/metrics/histogram.js';
import { REPORTED_PERCENTILES } from '../../src/metrics/time-statistics.js';
import { deviationOf, nearestRank, sortNumbers } from '../support/nearest-rank.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

const REQUESTS = 4000;
const MOST_AWAY = 0.001;

/** How long the target waits, in ms, as code of the scenario. */
const DELAYS = {
  constant: '10',
  bimodal: 'random() < 0.9 ? 4 : 60',
  'log-normal':
    'Math.min(500, 8 * Math.exp(0.8 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())))',
};

/** The scenario keeps what each response says of itself and writes it down: a raw log to hold the report against. */
const scenarioOf = (delay: string) => `
import { appendFileSync } from 'node:fs';
import { defineTest, defineUser } from 'loadwright';
const times = [];
const Visitor = defineUser({
  tasks: { async go({ http, random }) {
    const { timings } = await http.get('/wait/' + (${delay}).toFixed(3), { name: 'wait' });
    times.push(timings.serviceMs);
  } },
  onStop({ env }) { appendFileSync(env.RAW_LOG, times.splice(0).map((time) => time + '\\n').join('')); },
});
export default defineTest({
  users: { Visitor },
  load: { executor: 'shared-iterations', users: 32, iterations: ${REQUESTS} },
});
`;

let server: ServerProcess;

beforeAll(async () => {
  server = await startServer('timed');
});

afterAll(() => server.stop());

async function runLogged(delay: string, workers: number): Promise<{ result: RunResult; times: number[] }> {
  const rawLog = join(createTemporaryFolder(), 'times.txt');
  const script = writeScenario(scenarioOf(delay));
  const result = await run({ script, host: server.url, workers, env: { RAW_LOG: rawLog } });
  const times = sortNumbers(readFileSync(rawLog, 'utf8').trim().split('\n').map(Number));
  return { result, times };
}

describe.each(Object.entries(DELAYS))('percentiles of %s delays', (_name, delay) => {
  test.each([1, 2, 8])(
    'are those of the raw log of the same run but for a thousandth, with %i workers',
    async (workers) => {
      const { result, times } = await runLogged(delay, workers);
      expect(result).toMatchObject({ state: 'completed', workers, total: { completed: REQUESTS, failures: 0 } });
      // More than one snapshot of each worker was merged.
      expect(result.durationMs).toBeGreaterThan(1000);
      expect(times).toHaveLength(REQUESTS);
      for (const percentile of REPORTED_PERCENTILES) {
        const away = deviationOf(result.total.percentiles[percentile], nearestRank(times, percentile));
        expect(away, `p${percentile}`).toBeLessThanOrEqual(MOST_AWAY);
      }
      // Those that thresholds can ask for, too.
      const every = Array.from({ length: 99 }, (_, index) => index + 1);
      const found = percentilesOf(result.part.series[0]!.durations, every);
      const worst = Math.max(...every.map((percentile, at) => deviationOf(found[at], nearestRank(times, percentile))));
      expect(worst).toBeLessThanOrEqual(MOST_AWAY);
      expect(deviationOf(result.total.meanMs, times.reduce((sum, time) => sum + time, 0) / REQUESTS)).toBeLessThan(
        1e-6,
      );
    },
  );
});
