import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { compareOpened } from '../../src/reporters/compare/comparison-report.js';
import { openRun } from '../../src/reporters/compare/open-run.js';
import { runCli } from '../support/spawn-cli.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

const PAIRS = 20;
const SCENARIO = `
import { defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({ tasks: { 목록: async ({ http }) => { await http.get('/list', { name: '01_목록' }); } } });
export default defineTest({ users: { Visitor } });
`;

// Needs a machine that is quiet for ten minutes: what a busy one does to a run is a difference too.
test('of 20 interleaved pairs at most one is different, and a p95 that is 10 % slower is found 19 times', async () => {
  const [target, slower] = [await startServer('logNormal'), await startServer('logNormal', ['1.1'])];
  onTestFinished(async () => {
    for (const server of [target, slower]) await server.stop();
  });
  const scenario = writeScenario(SCENARIO);
  const folder = createTemporaryFolder();
  const runAgainst = async (server: ServerProcess, name: string) => {
    const path = join(folder, `${name}.json`);
    const load = ['-u', '30', '-r', '30', '-t', '9s', '--headless', '--workers', '1', '--json', path];
    const { code, stdout } = await runCli(['run', scenario, '--host', server.url, ...load]);
    expect(code, stdout).toBe(0);
    return await openRun(path);
  };
  const [different, missed]: [string[], string[]] = [[], []];
  for (let pair = 0; pair < PAIRS; pair++) {
    const baseline = await runAgainst(target, `${pair}-baseline`);
    const slow = compareOpened(baseline, await runAgainst(slower, `${pair}-slower`), 0.05).comparison;
    const same = compareOpened(baseline, await runAgainst(target, `${pair}-again`), 0.05).comparison;
    if (!['same', 'unclear'].includes(same.verdict)) different.push(JSON.stringify(same.total));
    const [, p95] = slow.total.changes;
    if (!['worse', 'regression'].includes(p95!.verdict)) missed.push(JSON.stringify(p95));
  }
  expect(different.length, different.join('\n')).toBeLessThanOrEqual(1);
  expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(1);
}, 1_200_000);
