import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFlags } from '../../../examples/stock/server/read-flags.js';
import { DEMO_FLAGS } from '../../../src/cli/demo-flags.js';
import { runCli, runProgram } from '../../support/spawn-cli.js';
import { createTemporaryFolder } from '../../support/temporary-folder.js';

const PLACES = { DATABASE_URL: 'postgres://127.0.0.1/stock', REDIS_URL: 'redis://127.0.0.1' };

describe('which stock system is meant', () => {
  it('the embedded one, unless DATABASE_URL is set to something', () => {
    expect(readFlags(['--stock', '5'], {})).toMatchObject({ kind: 'embedded', options: { stock: 5, passwordCost: 0 } });
    expect(readFlags([], { DATABASE_URL: '', REDIS_URL: 'redis://127.0.0.1' }).kind).toBe('embedded');
  });

  it('the real one with its own defaults, and what flags say', () => {
    expect(readFlags(['--cache', 'off', '--gap', '7', '--processes=3'], PLACES)).toMatchObject({
      kind: 'system',
      options: {
        databaseUrl: PLACES.DATABASE_URL,
        redisUrl: PLACES.REDIS_URL,
        locking: 'optimistic',
        passwordCost: 1000,
        cache: false,
        gapMs: 7,
        processes: 3,
        hot: 200,
      },
    });
  });

  it.each([
    [['--locking', 'none'], {}, '--locking means something only to the stock system on PostgreSQL'],
    [['--gap', '5'], {}, '--gap means something only'],
    [['--pool', '0'], PLACES, '--pool must be a whole number from 1 to 2147483647, but "0" was given.'],
    [['--cache', 'yes'], PLACES, '--cache must be on or off, but "yes" was given.'],
    [['--reserve', ''], PLACES, '--reserve must be sync or async, but nothing was given.'],
  ])('%s is refused', (words, places, complaint) => {
    expect(readFlags(words, places)).toMatchObject({ kind: 'refused', message: expect.stringContaining(complaint) });
  });

  it('the demo takes all flags of the server but its address', () => {
    const refused = readFlags(['--nothing'], {}) as { message: string };
    const ofServer = [...refused.message.matchAll(/^ {2}--(\S+)/gm)].map(([, name]) => name);
    const ofDemo = DEMO_FLAGS.filter(({ kind }) => kind === 'text').map(({ flag }) => flag);
    expect(ofDemo.toSorted()).toEqual(ofServer.filter((name) => name !== 'host').toSorted());
  });
});

it('without the packages that it needs, the real system says what to install', async () => {
  const folder = createTemporaryFolder();
  await cp('dist/examples', join(folder, 'examples'), { recursive: true });
  await cp('package.json', join(folder, 'package.json'));
  const { code, stderr } = await runProgram([process.execPath, join(folder, 'examples/stock/server/main.js')], {
    env: PLACES,
  });
  expect(code).toBe(1);
  expect(stderr).toContain('needs the package "pg", which is not installed.\nTry   npm install pg ioredis bullmq\n');
});

it('the demo refuses switches of the real system without one', async () => {
  const { code, stderr } = await runCli(['demo', '--server-only', '--locking', 'none'], { env: { DATABASE_URL: '' } });
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /--locking means something only to the stock system on PostgreSQL, but DATABASE_URL is not set\./,
  );
  expect(stderr).toMatch(/npm run stock:services/);
});
