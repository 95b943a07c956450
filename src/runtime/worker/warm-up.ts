import { createServer, type Server } from 'node:net';
import { now } from '../../metrics/clock.js';
import { createBeacon } from '../beacon.js';
import { HURRIED_RATE, mostStartsPerSecond } from '../load/describe-load.js';
import type { PlannedLoad } from '../plan.js';
import type { FromWorker, PrepareMessage } from '../protocol.js';
import { defineTest } from '../user/define-test.js';
import { defineUser, type TaskFunction } from '../user/define-user.js';
import { forgetInProcessTest, keepInProcessTest } from '../user/in-process-tests.js';
import { keepFreedMemory } from './keep-freed-memory.js';
import { RunUsers } from './run-users.js';

/** Heads as servers write them: what no answer has had yet is compiled again when one has it. */
const HEADS = [
  ['Content-Type: application/json', 'Content-Length: 2', 'Connection: keep-alive', '', '{}'],
  ['Content-Type: text/html; charset=utf-8', 'ETag: "0-0"', 'Content-Length: 2', 'Accept-Ranges: bytes', '', '{}'],
  ['Vary: Origin', 'Server-Timing: app;dur=1', 'Transfer-Encoding: chunked', '', '2', '{}', '0', '', ''],
];
const ANSWERS = HEADS.map((lines) =>
  ['HTTP/1.1 200 OK', 'Server: rehearsal', 'Date: Thu, 01 Jan 1970 00:00:00 GMT', ...lines].join('\r\n'),
);
/** Two: what comes after the first answer is code of its own. */
const LEAST_REQUESTS = 2;
const MOST_RATE = 10_000;
/** How long an open load is rehearsed, by its pace, and how long no run waits beyond. */
const REHEARSAL_MS = 300;
const FAST_RATE = 1000;
const FAST_REHEARSAL_MS = 600;
const MOST_MS = 800;
const POOL = { preAllocatedUsers: 20, maxUsers: 100 };
/** The rehearsal's clock is this far ahead, so that a second ends in its midst, as it will in the run. */
const AHEAD_MS = 750;

const tasks: Record<string, TaskFunction<unknown>> = {
  get: ({ http }) => http.get('/'),
  async post({ http, iteration }) {
    await http.post('/', { name: 'post', json: { iteration } });
  },
  async json({ http }) {
    (await http.get('/', { name: 'json', expect: 200, timeout: 1, headers: { accept: 'any' } })).json();
  },
};

/** What the users of a rehearsal do: to compile code for one way alone means to compile it again when it meets another. */
const REHEARSALS = {
  users: defineUser({ tasks }),
  // A start has no time for that, so in ever more ways, though code for many is slower than code for a few.
  starts: defineUser({
    tasks: {
      ...tasks,
      named: ({ http, iteration }) => http.get(`/named/${iteration % 3}`, { name: 'named' }),
      expected: ({ http, iteration }) => http.get('/expected', { expect: 200, name: `expected ${iteration % 2}` }),
    },
  }),
};

/**
 * Runs a small load against a socket of this very thread, counted nowhere, through the same code as the load to come: the
 * first requests cost 15 to 30 ms of compiling, and the first second of a fast open load some 100 ms, which would delay
 * starts and be told as the target's time. Where no socket can be had, nothing is lost.
 */
export async function warmUp(setup: PrepareMessage): Promise<void> {
  keepFreedMemory();
  let answers = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.write(ANSWERS[answers++ % ANSWERS.length]!));
  });
  const port = await listen(server);
  if (port === undefined) return;
  const id = keepInProcessTest(defineTest({ users: REHEARSALS }));
  // Twice, for the same reason: the second run is another one to it, as the real one will be.
  // And as a copy, for what came over a port has other shapes than what was written here.
  for (let time = 0; time < 2; time++) await rehearse(structuredClone(planRehearsal(setup, { id, port })));
  forgetInProcessTest(id);
  server.close();
}

async function rehearse(rehearsal: PrepareMessage): Promise<void> {
  const run = new RunUsers(rehearsal, (message) => {
    hear(message);
    if (message.type === 'load-ended') run.stop(0);
  });
  const limit = setTimeout(() => run.stop(0), MOST_MS);
  await run.prepare();
  run.start(now() - AHEAD_MS);
  await run.finished;
  clearTimeout(limit);
}

/** What a message goes through on its way to the conductor. */
function hear(message: FromWorker): void {
  structuredClone(message);
}

function listen(server: Server): Promise<number | undefined> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

function planRehearsal(setup: PrepareMessage, { id, port }: { id: number; port: number }): PrepareMessage {
  const { plan, settings, share } = setup;
  const load = planLoad(plan.revisions.at(-1)!.loads, share.count);
  return {
    ...setup,
    script: { type: 'in-process', id },
    share: { index: 0, count: 1 },
    plan: {
      revisions: [{ revision: 0, effectiveAtMs: 0, loads: [load] }],
      kinds: [{ name: load.model, weight: 1, fixedCount: undefined, host: `http://127.0.0.1:${port}` }],
      seed: 0,
      measures: [],
    },
    settings: {
      ...settings,
      tags: [],
      excludeTags: [],
      debug: false,
      drainTimeoutMs: 0,
      // Its connections are closed behind it.
      sharesThread: true,
      http: { ...settings.http, proxy: undefined, localAddresses: [], mostSockets: halve(settings.http.mostSockets) },
    },
    beacon: createBeacon(),
  };
}

/** Both ends of each connection are here. */
function halve(sockets: number | undefined): number | undefined {
  return sockets === undefined ? undefined : Math.max(1, Math.floor(sockets / 2));
}

/** Users of a closed load wait for their answers, and need no more than the least. */
export function planLoad(loads: readonly PlannedLoad[], shares: number): PlannedLoad {
  const rate = mostStartsPerSecond(loads) / shares;
  const base = { name: 'rehearsal', startAtMs: AHEAD_MS, kinds: [0], gracefulStopMs: 0, env: {}, labels: {} };
  if (rate < HURRIED_RATE) {
    return {
      ...base,
      model: 'users',
      executor: 'per-user-iterations',
      line: [{ fromMs: 0, toMs: 0, from: 1, to: 1 }],
      falling: 'floor',
      gracefulRampDownMs: 0,
      iterations: { of: 'user', count: LEAST_REQUESTS },
    };
  }
  const perSecond = Math.min(rate, MOST_RATE);
  const endMs = rate < FAST_RATE ? REHEARSAL_MS : FAST_REHEARSAL_MS;
  return {
    // Of the same shape as a load to come.
    ...loads.find((load) => load.model === 'starts'),
    ...base,
    model: 'starts',
    executor: 'constant-arrival-rate',
    line: [{ fromMs: 0, toMs: endMs, from: perSecond, to: perSecond }],
    endMs,
    ...POOL,
  };
}
