import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { ResultDocument } from '../../src/reporters/result/result-schema.js';
import { closeServers, startHttp } from '../support/small-servers.js';
import { runCli } from '../support/spawn-cli.js';
import { writeScenario } from '../support/temporary-folder.js';

afterEach(closeServers);

const SCENARIO = `
import { defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({
  tasks: {
    async go({ http }) {
      await http.get('/a', { name: '상품 목록' });
      await http.get('/b', { name: '02_reserve' });
    },
  },
});
export default defineTest({
  users: { Visitor },
  loads: { all: { executor: 'per-vu-iterations', vus: 8, iterations: 40, maxDuration: '60s' } },
});
`;

/** Far enough apart that a busy machine does not change their order. */
const STEP_MS = 120;
const SLOW = 7;

interface Answered {
  path: string;
  traceId: string;
  delayMs: number;
}

/** Answers at once, but for a few of each path; writes down whom it made wait how long. */
async function startSlowTarget() {
  const log: Answered[] = [];
  const server = await startHttp(async (request, response) => {
    const path = request.url ?? '';
    const count = log.filter((one) => one.path === path).length;
    const rank = count % 40 === 20 ? Math.floor(count / 40) : -1;
    const delayMs = rank >= 0 && rank < SLOW ? 400 + STEP_MS * ((rank * 3) % SLOW) : 0;
    log.push({ path, traceId: String(request.headers.traceparent).split('-')[1]!, delayMs });
    if (delayMs > 0) await sleep(delayMs);
    response.writeHead(delayMs > 900 ? 503 : 200).end('ok');
  });
  return { log, url: server.url };
}

test.each([1, 2])("the slowest of each name are those of the target's own log, over %i workers", async (workers) => {
  const target = await startSlowTarget();
  const scenario = writeScenario(SCENARIO);
  const folder = dirname(scenario);
  const run = ['run', 'scenario.ts', '--headless', '--only-summary', '--trace', '--workers', String(workers)];
  const { stdout, stderr } = await runCli([...run, '--host', target.url, '--json', 'run.json'], { cwd: folder });
  expect(stderr).toBe('');
  const json = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as ResultDocument;
  expect(target.log).toHaveLength(640);
  for (const { name, slowest } of json.requests) {
    const path = name === '02_reserve' ? '/b' : '/a';
    const expected = target.log.filter((one) => one.path === path).sort((a, b) => b.delayMs - a.delayMs);
    expect(slowest!.map(({ traceId }) => traceId)).toEqual(expected.slice(0, 5).map(({ traceId }) => traceId));
    for (const [index, { serviceMs, status, finishedAtMs, error }] of slowest!.entries()) {
      const { delayMs } = expected[index]!;
      expect(serviceMs).toBeGreaterThan(delayMs - 2);
      expect(serviceMs).toBeLessThan(delayMs + STEP_MS);
      expect(finishedAtMs).toBeGreaterThan(serviceMs);
      expect([status, error]).toEqual(delayMs > 900 ? [503, 'status 503 Service Unavailable'] : [200, undefined]);
    }
  }
  const all = json.requests.flatMap(({ slowest }) => slowest!).sort((a, b) => b.serviceMs - a.serviceMs);
  const shown = [...stdout.matchAll(/\|([0-9a-f]{32}) GET/g)].map(([, traceId]) => traceId);
  expect(shown).toEqual(all.slice(0, 5).map(({ traceId }) => traceId));
});
