import { run } from 'loadwright/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

interface Arrival {
  atMs: number;
  url: string;
}

const SCENARIO = `
import { constant, defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({
  waitTime: constant(60),
  async onStart({ http, id }) { await http.get('/user/' + id, { name: 'first' }); },
  tasks: { idle: async () => {} },
});
export default defineTest({ users: { Visitor } });
`;

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer('arrivals');
});
afterAll(() => server.stop());

/** The middle of the arrivals' distances from the plan is the unknown instant of second 0, seen from the target. */
function deviations(arrivals: Arrival[], spawnRate: number): number[] {
  const distances = arrivals.map(({ atMs, url }) => atMs - (Number(url.split('/').at(-1)) * 1000) / spawnRate);
  const origin = [...distances].sort((a, b) => a - b)[Math.floor(distances.length / 2)]!;
  return distances.map((distance) => Math.abs(distance - origin)).sort((a, b) => a - b);
}

for (const workers of [1, 2]) {
  test(`user k starts k / spawnRate after the first, seen by the target, with ${workers} workers`, async () => {
    const before = (await server.readJson<Arrival[]>('/__arrivals')).length;
    const result = await run({
      script: writeScenario(SCENARIO),
      host: server.url,
      load: { users: 300, spawnRate: 100, runTime: '3500ms' },
      workers,
    });
    const arrivals = (await server.readJson<Arrival[]>('/__arrivals')).slice(before);
    expect(arrivals.length).toBe(300);
    expect(new Set(arrivals.map(({ url }) => url)).size).toBe(300);
    const sorted = deviations(arrivals, 100);
    // Loopback and a shared machine: nineteen in twenty within 20 ms, none off by more than a burst's worth.
    expect(sorted[Math.floor(sorted.length * 0.95)]).toBeLessThan(20);
    expect(sorted.at(-1)).toBeLessThan(250);
    expect(result.usersStarted).toBe(300);
  });
}
