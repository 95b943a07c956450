import { run } from 'loadwright/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

interface Arrival {
  url: string;
}

/** Every choice a user makes is in the address it asks for: task, its own random number, and how long it waited. */
const SCENARIO = `
import { defineTest, defineUser } from 'loadwright';
const makeTask = (name) => async ({ http, id, iteration, random, stopUser }) => {
  await http.get('/' + [id, iteration, name, random.integer(1, 1000)].join('/'), { name });
  if (iteration === 9) stopUser();
};
const tasks = { a: { weight: 3, run: makeTask('a') }, b: { weight: 2, run: makeTask('b') }, c: makeTask('c') };
const waitTime = ({ random }) => random() / 1000;
export const First = defineUser({ weight: 2, waitTime, tasks });
export const Second = defineUser({ waitTime, tasks });
`;

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer('arrivals');
});
afterAll(() => server.stop());

async function recordChoices(workers: number, seed: number): Promise<string[]> {
  const before = (await server.readJson<Arrival[]>('/__arrivals')).length;
  const { state } = await run({
    script: writeScenario(SCENARIO),
    host: server.url,
    load: { users: 30, spawnRate: 300, runTime: '20s' },
    workers,
    seed,
  });
  expect(state).toBe('completed');
  const arrivals = (await server.readJson<Arrival[]>('/__arrivals')).slice(before);
  const order = (url: string) => url.split('/').slice(1, 3).map(Number);
  return arrivals.map(({ url }) => url).sort((a, b) => order(a)[0]! - order(b)[0]! || order(a)[1]! - order(b)[1]!);
}

test('the same seed makes every user choose the same in the same order, with any number of workers', async () => {
  const first = await recordChoices(1, 7);
  expect(first.length).toBe(300);
  expect(await recordChoices(1, 7)).toEqual(first);
  expect(await recordChoices(4, 7)).toEqual(first);
  expect(await recordChoices(4, 8)).not.toEqual(first);
});
