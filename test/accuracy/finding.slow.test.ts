import { run } from 'loadwright/node';
import { expect, test } from 'vitest';
import { startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

const CAPACITY = 24;
const RAMP_SECONDS = 20;
const MOST_USERS = 40;
const FELL_AT_SECONDS = 25;
const WINDOW_SECONDS = 10;

/** Up to more than the target can bear, down again, and long enough there for it to recover. */
const SCENARIO = `
import { constant, defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({ waitTime: constant(0.1), tasks: { async go({ http }) { await http.get('/'); } } });
export default defineTest({
  users: { Visitor },
  load: {
    stages: [
      { duration: '${RAMP_SECONDS}s', target: ${MOST_USERS} },
      { duration: '${FELL_AT_SECONDS - RAMP_SECONDS}s', target: 8 },
      { duration: '20s', target: 8 },
    ],
  },
  thresholds: { http_req_duration: ['p(95)<200'] },
});
`;

interface Step {
  atMs: number;
  isSlow: boolean;
}

test("the finding is the target's own limit and recovery, within a window of ten seconds", async () => {
  const server = await startServer('capacity', ['--capacity', String(CAPACITY), '--recovery', '6000']);
  let originMs = 0;
  const result = await run({
    script: writeScenario(SCENARIO),
    host: server.url,
    workers: 2,
    onEvent: ({ type }) => {
      if (type === 'run-started') originMs = Number(process.hrtime.bigint()) / 1e6;
    },
  });
  const steps = await server.readJson<Step[]>('/__steps');
  await server.stop();
  const seconds = steps.map(({ atMs }) => (atMs - originMs) / 1000);
  // The target's own story: it became slow when the user after the last one it can bear came, and recovered once.
  expect(steps.map(({ isSlow }) => isSlow)).toEqual([true, false]);
  const [slowAt, quickAt] = seconds as [number, number];
  expect(Math.abs(slowAt - ((CAPACITY + 1) * RAMP_SECONDS) / MOST_USERS)).toBeLessThan(0.5);

  const { finding } = result;
  expect(finding).toMatchObject({
    state: 'broke',
    criterion: { key: 'http_req_duration', expression: 'p(95)<200' },
    recovery: 'held-again',
    fellAtMs: FELL_AT_SECONDS * 1000,
  });
  if (finding?.state !== 'broke') throw new Error('unreachable');
  expect(finding.brokeAtMs / 1000).toBeGreaterThanOrEqual(Math.floor(slowAt));
  expect(finding.brokeAtMs / 1000).toBeLessThanOrEqual(slowAt + WINDOW_SECONDS);
  const addedInWindow = (MOST_USERS / RAMP_SECONDS) * WINDOW_SECONDS;
  expect(Math.abs(finding.usersAtBreak - CAPACITY)).toBeLessThanOrEqual(addedInWindow);
  const recoverySeconds = quickAt - FELL_AT_SECONDS;
  expect(Math.abs(finding.heldAgainAfterMs! / 1000 - recoverySeconds)).toBeLessThanOrEqual(WINDOW_SECONDS);
  expect(result).toMatchObject({ state: 'completed', exitCode: 99, total: { failures: 0 } });
});
