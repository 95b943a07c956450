import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'loadwright/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countArrivals, countEach, readArrivals } from '../support/arrivals.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

const ROWS = 1000;

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer('arrivals');
});
afterAll(() => server.stop());

/** Rows that were sent, each with the user that sent it. */
async function runWithRows(options: string, load: string): Promise<{ row: string; user: string }[]> {
  const folder = createTemporaryFolder();
  const lines = Array.from({ length: ROWS }, (_, row) => `row-${row},"a, ${row}"`);
  writeFileSync(join(folder, 'rows.csv'), `name,text\n${lines.join('\n')}\n`);
  const script = join(folder, 'scenario.ts');
  writeFileSync(
    script,
    `import { defineTest, defineUser, feeder } from 'loadwright';
const rows = feeder({ csv: './rows.csv' }, ${options});
const Visitor = defineUser({
  tasks: { async go({ http, id, next }) {
    const row = next(rows);
    if (next(rows) !== row && JSON.stringify(next(rows)) !== JSON.stringify(row)) throw new Error('another row');
    await http.post('/' + row.name + '/' + id, { name: 'go', json: row });
  } },
});
export default defineTest({ users: { Visitor }, load: ${load} });`,
  );
  const before = await countArrivals(server);
  const result = await run({ script, host: server.url, workers: 2 });
  expect(result).toMatchObject({ state: 'completed', exitCode: 0, part: { exceptions: [] } });
  const arrivals = await readArrivals(server, before);
  return arrivals.map(({ url, body }) => {
    const [, row, user] = url.split('/') as [string, string, string];
    expect(JSON.parse(body)).toEqual({ name: row, text: `a, ${row.slice(4)}` });
    return { row, user };
  });
}

test.each([
  ['closed', "{ executor: 'shared-iterations', users: 20, iterations: 1000 }", ROWS],
  ['endless', '{ users: 20, spawnRate: 1000, runTime: "20s" }', ROWS],
  [
    'open',
    "{ executor: 'constant-arrival-rate', rate: 400, duration: '1s', preAllocatedUsers: 50, maxUsers: 400 }",
    400,
  ],
])(
  "unique: 'iteration' gives each row at most once, with 2 workers and a load that is %s",
  async (_name, load, sent) => {
    const rows = (await runWithRows("{ unique: 'iteration', atEnd: 'stop' }", load)).map(({ row }) => row);
    expect(rows).toHaveLength(sent);
    expect(new Set(rows).size).toBe(sent);
  },
);

test("unique: 'user' gives each user one row of its own, with 2 workers", async () => {
  const sent = await runWithRows(
    "{ unique: 'user', atEnd: 'stop' }",
    "{ executor: 'per-user-iterations', users: 50, iterations: 4 }",
  );
  expect([...countEach(sent.map(({ user }) => user)).values()]).toEqual(Array.from({ length: 50 }, () => 4));
  expect(new Set(sent.map(({ row }) => row)).size).toBe(50);
  expect(new Set(sent.map(({ row, user }) => `${row} ${user}`)).size).toBe(50);
});

test("unique: 'user' with kinds uses up no row for users of other kinds, over loads and 2 workers", async () => {
  const script = writeScenario(`import { defineTest, defineUser, feeder } from 'loadwright';
const rows = feeder(Array.from({ length: 15 }, (_, row) => row), { unique: 'user', kinds: ['Buyer'] });
const Buyer = defineUser({ tasks: { async go({ http, next }) { await http.post('/buyer/' + next(rows), { name: 'go' }); } } });
const Reader = defineUser({ weight: 3, tasks: { go: ({ sleep }) => sleep(0.01) } });
const frame = { executor: 'per-user-iterations', iterations: 2 };
export default defineTest({ users: { Reader, Buyer }, loads: {
  readers: { ...frame, users: 50, user: 'Reader' },
  mixed: { ...frame, users: 40 },
  buyers: { ...frame, users: 5, user: 'Buyer' },
} });`);
  const before = await countArrivals(server);
  const result = await run({ script, host: server.url, workers: 2 });
  expect(result).toMatchObject({ state: 'completed', exitCode: 0, part: { exceptions: [] } });
  const sent = (await readArrivals(server, before)).map(({ url }) => Number(url.split('/')[2]));
  expect([...sent].sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => Math.floor(index / 2)));
});
