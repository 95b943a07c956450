import { execFileSync } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { startCli } from '../support/spawn-cli.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
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

const ROUNDS = 10;
const MOST_SETS = 3;

/** Medians of ten runs, and of as many of `node -e 0` in turn with them. */
async function playSet(server: ServerProcess, path: string) {
  const [firstRequest, end, bare]: number[][] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    const before = (await server.readJson<Arrival[]>('/__arrivals')).length;
    const startedAtMs = monotonicMs();
    const { code } = await startCli(['run', path, '--headless', '--host', server.url]).result;
    const endedAtMs = monotonicMs();
    const arrivals = (await server.readJson<Arrival[]>('/__arrivals')).slice(before);
    expect(code).toBe(0);
    expect(arrivals).toHaveLength(1);
    firstRequest!.push(arrivals[0]!.atMs - startedAtMs);
    end!.push(endedAtMs - arrivals[0]!.atMs);
    const bareAtMs = monotonicMs();
    execFileSync(process.execPath, ['-e', '0']);
    bare!.push(monotonicMs() - bareAtMs);
  }
  return { firstMs: median(firstRequest!), endMs: median(end!), nodeMs: median(bare!) };
}

/**
 * The goal is 0.5 s to the first request and 0.3 s from the run's end: five and three times what Node itself takes. Of up to
 * three sets, for what a machine does to half a second in a busy moment is more than what there is to spare.
 */
test('the first request comes soon after the command, and the process soon ends: medians of ten', async () => {
  const server = await startServer('arrivals');
  onTestFinished(() => server.stop());
  const path = writeScenario(SCENARIO);
  const sets: { firstMs: number; endMs: number; nodeMs: number }[] = [];
  const isSoon = ({ firstMs, endMs, nodeMs }: (typeof sets)[number]) =>
    firstMs < Math.max(500, 5 * nodeMs) && endMs < Math.max(300, 3 * nodeMs);
  while (!sets.some(isSoon) && sets.length < MOST_SETS) {
    const set = await playSet(server, path);
    const { firstMs, endMs, nodeMs } = set;
    console.log(
      `first request after ${firstMs.toFixed(0)} ms, end after ${endMs.toFixed(0)} ms more, node -e 0: ${nodeMs.toFixed(0)} ms`,
    );
    sets.push(set);
  }
  expect(sets.filter(isSoon), JSON.stringify(sets)).not.toEqual([]);
});
