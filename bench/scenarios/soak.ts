import { appendFileSync } from 'node:fs';
import { getHeapCodeStatistics } from 'node:v8';
import { constant, defineTest, defineUser } from 'loadwright';

const { SOAK_RATE = '5000', SOAK_SECONDS = '60', SOAK_USERS = '1000', SOAK_LOG = '' } = process.env;
const duration = `${SOAK_SECONDS}s`;
/** Held together at first, until nearly all users of the pool are at work. */
const HELD = Math.floor(0.98 * Number(SOAK_USERS));
const HOLD_SECONDS = Number(SOAK_USERS) / Number(SOAK_RATE);
/** Of the one worker. */
let requests = 0;

const Visitor = defineUser({
  /**
   * All connections are there from the start, and nearly all users have had their first iteration: what a late burst
   * opens and allocates for users that had been idle would be taken for something that grows.
   */
  async onStart({ http }) {
    await http.get('/api/products/', { name: 'soak start', expect: 200 });
  },
  tasks: {
    async get({ http, iteration, sleep }) {
      await http.get('/api/products/', { name: `soak ${iteration % 20}`, expect: 200 });
      requests++;
      if (iteration < HELD) await sleep(HOLD_SECONDS);
    },
  },
});

/**
 * Writes what is left of the worker's heap after a collection, how much of that is code that V8 compiled, and after how many
 * requests. Needs `node --expose-gc`.
 */
const Meter = defineUser({
  waitTime: constant(2),
  tasks: {
    measure() {
      globalThis.gc?.();
      const { heapUsed, rss } = process.memoryUsage();
      const { code_and_metadata_size, bytecode_and_metadata_size } = getHeapCodeStatistics();
      const code = code_and_metadata_size + bytecode_and_metadata_size;
      appendFileSync(SOAK_LOG, `${JSON.stringify({ atMs: performance.now(), requests, heapUsed, code, rss })}\n`);
    },
  },
});

export default defineTest({
  users: { Visitor, Meter },
  loads: {
    traffic: {
      executor: 'constant-arrival-rate',
      rate: Number(SOAK_RATE),
      duration,
      preAllocatedUsers: Number(SOAK_USERS),
      maxUsers: Number(SOAK_USERS),
      user: 'Visitor',
    },
    meter: { executor: 'constant-users', users: 1, duration, user: 'Meter' },
  },
});
