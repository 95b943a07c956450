import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { run } from 'loadwright/node';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type CliResult, startCli } from '../support/spawn-cli.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

/** Twenty are the bar; five tell a broken rule from a sound one in a quarter of the time. */
const ROUNDS = Number(process.env.GENERATOR_ROUNDS ?? 5);
const RUN_SECONDS = 3;
const LAST_CORE = availableParallelism() - 1;

const SCENARIO = `
import { constant, defineTest, defineUser } from 'loadwright';
const spin = (ms) => { for (const end = performance.now() + ms; performance.now() < end; ); };
const get = async ({ http }) => { await http.get('/', { expect: 200 }); };
const part = { weight: 0 };
export default defineTest({
  users: {
    Calm: defineUser({ ...part, waitTime: constant(0.2), tasks: { get } }),
    Eager: defineUser({ ...part, tasks: { get } }),
    Spinning: defineUser({ ...part, waitTime: constant(0.2), tasks: { async go(user) { await get(user); spin(40); } } }),
    Blocking: defineUser({ ...part, waitTime: constant(0.1), tasks: { async block() { spin(100); } } }),
  },
});
`;

interface Round extends CliResult {
  verdict: string | undefined;
}

let server: ServerProcess;

beforeAll(async () => {
  server = await startServer('capacity', ['--capacity', '1000000']);
});

afterAll(() => server.stop());

/** One run that fails if it was saturated. */
async function runRound(words: string, { pin = [] as string[], onStarted = () => {} } = {}): Promise<Round> {
  const scenario = writeScenario(SCENARIO);
  const flags = ['--headless', '--only-summary', '--fail-on-saturated', '--host', server.url];
  const cli = startCli(['run', scenario, ...words.split(' '), '-t', `${RUN_SECONDS}s`, ...flags], { under: pin });
  await cli.printed(/ · seed \d+/);
  onStarted();
  const result = await cli.result;
  return { ...result, verdict: /^Generator: (\w+)/m.exec(result.stdout)?.[1] };
}

async function runRounds(play: () => Promise<Round>): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await play());
  return rounds;
}

/** Rounds in which nobody else took the cores: those are played again, but not for ever. */
async function runFairRounds(words: string): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let played = 0; played < 1.5 * ROUNDS && rounds.length < ROUNDS; played++) {
    const round = await runRound(words);
    if (!wasTaken(round)) rounds.push(round);
  }
  expect(rounds).toHaveLength(ROUNDS);
  return rounds;
}

function wasTaken({ verdict, stdout }: Round): boolean {
  const text = stdout.replace(/\s+/g, ' ');
  const isOwn = text.includes('its thread was busy for') || text.includes('worker 0 was busy for');
  return verdict === 'saturated' && !isOwn && /because other programs had it|the host took/.test(text);
}

/** Keeps a core busy for as long as a run lasts. */
function startRival(core: number): ChildProcess {
  const code = `for (const end = Date.now() + ${RUN_SECONDS * 1000 + 500}; Date.now() < end; );`;
  return spawn('taskset', ['-c', String(core), process.execPath, '-e', code], { stdio: 'ignore' });
}

describe('a generator that is saturated on purpose is called that in every run', () => {
  test('by a loop without await in a task', async () => {
    const rounds = await runRounds(() => runRound('Spinning -u 10 -r 100'));
    expect(rounds.map(({ verdict, code }) => [verdict, code])).toEqual(rounds.map(() => ['saturated', 99]));
    for (const { stdout } of rounds) expect(stdout).toContain('its thread was busy for');
  });

  test('by far too many users', async () => {
    const rounds = await runRounds(() => runRound('Eager -u 6000 -r 6000 --workers 1'));
    expect(rounds.map(({ verdict, code }) => [verdict, code])).toEqual(rounds.map(() => ['saturated', 99]));
  });

  test.runIf(process.platform === 'linux')('by another program on its core, which counts for more', async () => {
    const pin = ['taskset', '-c', String(LAST_CORE), 'nice', '-n', '15'];
    const rounds = await runRounds(async () => {
      let rival: ChildProcess | undefined;
      onTestFinished(() => void rival?.kill());
      const round = await runRound('Calm -u 50 -r 50', {
        pin,
        onStarted: () => {
          rival = startRival(LAST_CORE);
        },
      });
      if (rival?.exitCode === null) await once(rival, 'exit');
      return round;
    });
    expect(rounds.map(({ verdict, code }) => [verdict, code])).toEqual(rounds.map(() => ['saturated', 99]));
    for (const { stdout } of rounds) expect(stdout.replace(/\s+/g, ' ')).toContain('because other programs had it');
  });
});

describe('a healthy generator is called saturated in none', () => {
  test('with users that wait', async () => {
    const rounds = await runFairRounds('Calm -u 50 -r 50');
    expect(rounds.filter(({ verdict }) => verdict === 'saturated').map(({ stdout }) => stdout)).toEqual([]);
    expect(rounds.map(({ code }) => code)).toEqual(rounds.map(() => 0));
  });

  test('with 64 users that never wait and keep its thread busy', async () => {
    const rounds = await runFairRounds('Eager -u 64 -r 64 --workers 1');
    expect(rounds.filter(({ verdict }) => verdict === 'saturated').map(({ stdout }) => stdout)).toEqual([]);
    expect(rounds.map(({ code }) => code)).toEqual(rounds.map(() => 0));
  });
});

test('what was added is estimated: a thread that is blocked for 100 of every 200 ms keeps an answer 20 to 30 ms on average', async () => {
  const { generator } = await run({
    script: writeScenario(SCENARIO),
    kinds: ['Blocking'],
    host: server.url,
    load: { users: 1, spawnRate: 1, runTime: '4s' },
  });
  expect(generator.verdict).toBe('saturated');
  // Ten probes fall into each 200 ms, always at the same places of it: the five late ones are x, x - 20, … x - 80 ms late,
  // with x from 80 to 100 by chance. Their mean over all ten is 20 to 30 ms; a millisecond of it is taken as the timer's.
  expect(generator.addedLatency.meanMs).toBeGreaterThan(18);
  expect(generator.addedLatency.meanMs).toBeLessThan(32);
  expect(generator.addedLatency.p99Ms).toBeGreaterThan(78);
});
