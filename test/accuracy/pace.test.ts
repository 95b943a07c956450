import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'loadwright/node';
import { expect, test } from 'vitest';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

const INTERVAL_MS = 25;
const SECONDS = 4;
const USERS = 4;
const PLANNED = (SECONDS * 1000) / INTERVAL_MS;
/** The scenario reads the clock later than Loadwright does. */
const APART_MS = 2;

/** Tasks whose length is no whole number of milliseconds: a timer leaves out what is behind the point. */
const SCENARIO = `
import { appendFileSync } from 'node:fs';
import { constantPacing, defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({
  waitTime: constantPacing(${INTERVAL_MS / 1000}),
  onStart: () => [],
  tasks: { go({ state, iteration }) {
    const startedMs = performance.now();
    state.push(startedMs);
    while (performance.now() < startedMs + 0.3 + 0.1 * (iteration % 7));
  } },
  onStop({ state, env }) { appendFileSync(env.STARTS, JSON.stringify(state) + '\\n'); },
});
export default defineTest({
  users: { Visitor },
  load: { executor: 'constant-users', users: ${USERS}, duration: '${SECONDS}s' },
});
`;

test('a pace is kept by its own instants: no start comes early, and none too many', async () => {
  const log = join(createTemporaryFolder(), 'starts.ndjson');
  const result = await run({ script: writeScenario(SCENARIO), workers: 1, env: { STARTS: log } });
  const users = readFileSync(log, 'utf8').trim().split('\n');
  expect(users).toHaveLength(USERS);
  const all = users.map((line) => JSON.parse(line) as number[]);
  expect(all.flat().length + result.part.missedStarts).toBeLessThanOrEqual(USERS * PLANNED);
  process.stdout.write(`starts of each user: ${all.map(({ length }) => length).join(', ')} of ${PLANNED}\n`);
  // All start together, one right behind the other. A user whose thread was held up between Loadwright's reading and its own
  // first one would seem early ever after, so the first reading of all is what all are held against.
  const firstMs = Math.min(...all.map((starts) => starts[0]!));
  for (const starts of all) {
    const early = starts.map((startMs, index) => index * INTERVAL_MS - (startMs - firstMs));
    expect(Math.max(...early)).toBeLessThan(APART_MS);
  }
});
