import { expect, it } from 'vitest';
import { formatError } from '../../src/cli/print-error.js';
import { LoadwrightError } from '../../src/errors.js';

it('prints an expected error in three parts, without a stack', () => {
  const error = new LoadwrightError('ERR_OPTION_INVALID', {
    message: '"users" must be a whole number of 1 or more, but LOADWRIGHT_USERS gave "ten".',
    hint: '--users 10   or   LOADWRIGHT_USERS=10',
  });
  expect(formatError(error)).toBe(
    [
      'ERR_OPTION_INVALID  "users" must be a whole number of 1 or more, but LOADWRIGHT_USERS gave "ten".',
      '  Try   --users 10   or   LOADWRIGHT_USERS=10',
      '  More  docs/errors.md#err_option_invalid',
      '',
    ].join('\n'),
  );
});

it('leaves out the second part where there is no hint', () => {
  const text = formatError(new LoadwrightError('ERR_WORKER_LOST', { message: 'A worker ended.' }));
  expect(text).toBe('ERR_WORKER_LOST  A worker ended.\n  More  docs/errors.md#err_worker_lost\n');
});

it('indents what follows the first line of a message', () => {
  const message = 'The scenario does not compile.\nscenario.ts:3:4\n\n  let = ;\n      ^';
  expect(formatError(new LoadwrightError('ERR_SCRIPT_BUILD', { message }))).toContain(
    'ERR_SCRIPT_BUILD  The scenario does not compile.\n  scenario.ts:3:4\n\n    let = ;\n        ^\n  More',
  );
});

it('shows the stack of a mistake of ours and asks for a report', () => {
  const text = formatError(new TypeError('x is undefined'));
  expect(text).toContain('ERR_INTERNAL');
  expect(text).toContain('TypeError: x is undefined');
  expect(text).toContain('print-error.test.ts');
  expect(text).toContain('Report it');
});

it.each([
  ['text', 'nothing'],
  ['nothing at all', undefined],
  ['an object without a way to be text', Object.assign(Object.create(null), { why: 'nothing' })],
  ['an error with a stack that is none', Object.assign(new Error('nothing'), { stack: { why: 'nothing' } })],
])('shows what was thrown where that is %s', (_, thrown) => {
  expect(formatError(thrown)).toMatch(/ERR_INTERNAL .*\n {2}.*(nothing|undefined)/);
});

it('shows no secrets', () => {
  const message = 'Nothing answers at http://me:geheim@host:1/ for Bearer abcdefghijklmnopqrstuvwxyz.';
  const text = formatError(
    new LoadwrightError('ERR_HOST_UNREACHABLE', { message, hint: 'curl http://me:geheim@host' }),
  );
  expect(text).not.toContain('geheim');
  expect(text).not.toContain('abcdefghijklmnopqrstuvwxyz');
});

it('paints code and labels only', () => {
  const paint = { code: (text: string) => `<${text}>`, label: (text: string) => `[${text}]` };
  const text = formatError(new LoadwrightError('ERR_FILE_EXISTS', { message: 'There.', hint: 'Elsewhere.' }), paint);
  expect(text).toBe('<ERR_FILE_EXISTS>  There.\n  [Try]   Elsewhere.\n  [More]  docs/errors.md#err_file_exists\n');
});
