import { run } from 'loadwright/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countArrivals, readArrivals } from '../support/arrivals.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

/** Everything that is chosen is in the request: the task, by weight, its number, and numbers from two places. */
const scenarioOf = (load: string) => `
import { defineTest, defineUser } from 'loadwright';
const choose = (task) => async ({ http, env, id, iteration, random }) => {
  const who = env.BY === 'user' ? id + '.' + iteration : iteration;
  const path = '/' + [who, task, random.integer(1, 1000)].join('/');
  if (random() < 0.5) await http.get(path, { name: task });
  else await http.post(path, { name: task, json: { value: random(), words: [random.pick(['a', 'b', 'c']), iteration] } });
  await http.put('/' + who + '/second/' + random.integer(1, 1000), { name: 'second', body: String(random()) });
};
const tasks = { a: { weight: 3, run: choose('a') }, b: { weight: 2, run: choose('b') }, c: choose('c') };
const First = defineUser({ weight: 3, tasks });
const Second = defineUser({ tasks: { ...tasks, d: choose('d') } });
export default defineTest({ users: { First, Second }, load: ${load} });
`;

const LOADS = {
  'per-user-iterations': "{ executor: 'per-user-iterations', users: 20, iterations: 10, env: { BY: 'user' } }",
  'shared-iterations':
    "{ executor: 'shared-iterations', users: 20, iterations: 200, user: 'First', env: { BY: 'load' } }",
  'constant-arrival-rate': `{
    executor: 'constant-arrival-rate', rate: 200, duration: '1s', preAllocatedUsers: 40, maxUsers: 800, env: { BY: 'load' },
  }`,
};

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer('arrivals');
});
afterAll(() => server.stop());

/** What the target was sent, in the order of users or of starts, which is not that of time. */
async function recordRequests(load: string, workers: number, seed = 7): Promise<string[]> {
  const before = await countArrivals(server);
  const result = await run({ script: writeScenario(scenarioOf(load)), host: server.url, workers, seed });
  expect(result).toMatchObject({ state: 'completed', exitCode: 0, part: { droppedIterations: 0 } });
  const arrivals = await readArrivals(server, before);
  return arrivals.map(({ method, url, body }) => `${url} ${method} ${body}`).sort();
}

test.each(Object.entries(LOADS))('%s sends the same with 1, 2 and 4 workers', async (_executor, load) => {
  const alone = await recordRequests(load, 1);
  expect(alone).toHaveLength(400);
  expect(await recordRequests(load, 2)).toEqual(alone);
  expect(await recordRequests(load, 4)).toEqual(alone);
  expect(await recordRequests(load, 4, 8)).not.toEqual(alone);
});
