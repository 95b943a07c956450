import { expect, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import { withCleanUps } from '../../../src/runtime/conductor/with-clean-ups.js';

const failure = (message: string) => new LoadwrightError('ERR_SETUP_FAILED', { message, hint: `${message}?` });

it('does everything on the list, in order, and gives what the work gave', async () => {
  const done: string[] = [];
  const value = await withCleanUps(async (cleanUps) => {
    cleanUps.push(() => void done.push('first'));
    cleanUps.unshift(async () => void done.push('before it'));
    return 7;
  });
  expect([value, done]).toEqual([7, ['before it', 'first']]);
});

it('tells what failed first, with what failed afterwards, each once', async () => {
  const first = failure('setup');
  const done: string[] = [];
  const running = withCleanUps(async (cleanUps) => {
    cleanUps.push(
      () => Promise.reject(failure('teardown')),
      () => Promise.reject(first),
      () => void done.push('last'),
    );
    throw first;
  });
  await expect(running).rejects.toMatchObject({
    code: 'ERR_SETUP_FAILED',
    message: 'setup\n\nteardown',
    hint: 'setup?',
  });
  expect(done).toEqual(['last']);
});

it('that fails by itself is told, and a bug stays what it is', async () => {
  const bug = new TypeError('x is not a function');
  await expect(withCleanUps(async (all) => void all.push(() => Promise.reject(bug)))).rejects.toBe(bug);
  const running = withCleanUps(async (all) => {
    all.push(() => Promise.reject(failure('teardown')));
    throw bug;
  });
  await expect(running).rejects.toBe(bug);
});
