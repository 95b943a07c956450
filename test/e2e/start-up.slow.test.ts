import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { startCli } from '../support/spawn-cli.js';
import { startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

interface Arrival {
  atMs: number;
}

const SCENARIO = `
import { defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({ tasks: { async go({ http, stopUser }) { await http.get('/'); stopUser(); } } });
export default defineTest({ users: { Visitor } });
`;

const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;
const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** The goal is 0.5 s to the first request and 0.3 s from the run's end: five and three times what Node itself takes. */
test('the first request comes soon after the command, and the process soon ends: medians of ten', async () => {
  const server = await startServer('arrivals');
  const path = writeScenario(SCENARIO);
  const firstRequest: number[] = [];
  const end: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < 10; round++) {
    const before = (await server.readJson<Arrival[]>('/__arrivals')).length;
    const startedAtMs = monotonicMs();
    const cli = startCli(['run', path, '--headless', '--host', server.url]);
    const { code } = await cli.result;
    const endedAtMs = monotonicMs();
    const arrivals = (await server.readJson<Arrival[]>('/__arrivals')).slice(before);
    expect(code).toBe(0);
    expect(arrivals).toHaveLength(1);
    firstRequest.push(arrivals[0]!.atMs - startedAtMs);
    end.push(endedAtMs - arrivals[0]!.atMs);
    const bareAtMs = monotonicMs();
    execFileSync(process.execPath, ['-e', '0']);
    bare.push(monotonicMs() - bareAtMs);
  }
  await server.stop();
  const nodeMs = median(bare);
  console.log(
    `first request after ${median(firstRequest).toFixed(0)} ms, end after ${median(end).toFixed(0)} ms more, node -e 0: ${nodeMs.toFixed(0)} ms`,
  );
  expect(median(firstRequest)).toBeLessThan(Math.max(500, 5 * nodeMs));
  expect(median(end)).toBeLessThan(Math.max(300, 3 * nodeMs));
});
