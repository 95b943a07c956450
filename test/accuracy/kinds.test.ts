import { run } from 'loadwright/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrival, arrivalsOf, countArrivals, countEach, readArrivals } from '../support/arrivals.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

/** Who comes, and in which worker: modules are loaded by each for itself. */
const SCENARIO = `
import { threadId } from 'node:worker_threads';
import { constant, defineTest, defineUser } from 'loadwright';
const makeKind = (kind, weight) => defineUser({
  weight,
  waitTime: constant(60),
  tasks: { async come({ http, env, id, iteration }) {
    await http.get('/' + [env.LOAD, kind, threadId, id, iteration].join('/'), { name: kind });
  } },
});
export default defineTest({
  users: { Common: makeKind('common', 3), Rare: makeKind('rare', 1) },
  loads: {
    closed: { users: 81, spawnRate: 200, runTime: '1s', env: { LOAD: 'closed' } },
    open: {
      executor: 'constant-arrival-rate', rate: 162, duration: '500ms', preAllocatedUsers: 200, env: { LOAD: 'open' },
    },
  },
});
`;

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer('arrivals');
});
afterAll(() => server.stop());

function kindOf({ url }: Arrival): string {
  return url.split('/')[2]!;
}

function threadOf({ url }: Arrival): string {
  return url.split('/')[3]!;
}

test.each([2, 4])('kinds of weights 3 and 1 come so, in every worker, with %i of them', async (workers) => {
  const before = await countArrivals(server);
  const { exitCode } = await run({ script: writeScenario(SCENARIO), host: server.url, workers });
  const arrivals = await readArrivals(server, before);
  expect(exitCode).toBe(0);
  for (const load of ['closed', 'open']) {
    const own = arrivalsOf(arrivals, load);
    expect(Object.fromEntries(countEach(own.map(kindOf)))).toEqual({ common: 61, rare: 20 });
    expect(countEach(own.map(threadOf)).size).toBe(workers);
    for (const kind of ['common', 'rare']) {
      const shares = [...countEach(own.filter((arrival) => kindOf(arrival) === kind).map(threadOf)).values()];
      expect(shares).toHaveLength(workers);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }
  }
});

test('kinds keep their weights at every moment, in the order in which users come', async () => {
  const before = await countArrivals(server);
  await run({ script: writeScenario(SCENARIO), host: server.url, workers: 2 });
  const own = arrivalsOf(await readArrivals(server, before), 'closed');
  const byId = own.sort((a, b) => Number(a.url.split('/')[4]) - Number(b.url.split('/')[4])).map(kindOf);
  for (let users = 1; users <= byId.length; users++) {
    const rare = byId.slice(0, users).filter((kind) => kind === 'rare').length;
    expect(Math.abs(rare - users / 4)).toBeLessThan(1);
  }
});
