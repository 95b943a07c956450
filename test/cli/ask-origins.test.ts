import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirmOrigins } from '../../src/cli/ask-origins.js';

const ORIGINS = ['https://api.example.com', 'http://10.0.0.5:8000'].map((text) => new URL(text));

/** A terminal with somebody at it. */
function createTerminal({ input: hasInput = true, output: hasOutput = true } = {}) {
  const input = Object.assign(new PassThrough(), { isTTY: hasInput });
  let shown = '';
  const output = {
    isTTY: hasOutput,
    write: (text: string) => {
      shown += text;
    },
  };
  return { input, output, read: () => shown };
}

describe('confirmOrigins', () => {
  it.each(['yes\n', ' YES \r\n', 'yes\nno\n'])('goes on after %j', async (answer) => {
    const { input, output, read } = createTerminal();
    const confirming = confirmOrigins(ORIGINS, { users: 500, input, output });
    expect(read()).toBe(
      [
        'This run would put the load of up to 500 users on 2 servers that are not this machine:',
        '',
        '  https://api.example.com',
        '  http://10.0.0.5:8000',
        '',
        'Go on only if whoever runs them agreed. Type yes to go on: ',
      ].join('\n'),
    );
    input.write(answer);
    expect(await confirming).toEqual(['https://api.example.com', 'http://10.0.0.5:8000']);
    expect(input.isPaused()).toBe(true);
    expect(input.listenerCount('data')).toBe(0);
  });

  it.each(['no\n', '\n', 'y\n', 'yes please\n', 'n\nyes\n'])('refuses after %j', async (answer) => {
    const { input, output, read } = createTerminal();
    const confirming = confirmOrigins(ORIGINS.slice(0, 1), { users: 1, input, output });
    expect(read()).toContain('up to 1 user on a server that is not this machine:');
    input.write(answer);
    await expect(confirming).rejects.toMatchObject({
      code: 'ERR_ORIGIN_REFUSED',
      exitCode: 2,
      message: expect.stringMatching(/^The answer was not yes\. https:\/\/api\.example\.com is neither/),
      hint: expect.stringContaining('--allow-host api.example.com'),
    });
  });

  it('takes the end of the input for a no', async () => {
    const { input, output } = createTerminal();
    const confirming = confirmOrigins(ORIGINS, { users: 1, input, output });
    input.end();
    await expect(confirming).rejects.toMatchObject({ code: 'ERR_ORIGIN_REFUSED' });
  });

  it('takes a signal for a no, before the question and during it', async () => {
    const controller = new AbortController();
    const { input, output, read } = createTerminal();
    const confirming = confirmOrigins(ORIGINS, { users: 1, input, output, signal: controller.signal });
    controller.abort('SIGINT');
    await expect(confirming).rejects.toMatchObject({ code: 'ERR_ORIGIN_REFUSED' });
    expect(read().endsWith('go on: \n')).toBe(true);
    const later = confirmOrigins(ORIGINS, { users: 1, input, output, signal: controller.signal });
    await expect(later).rejects.toMatchObject({ code: 'ERR_ORIGIN_REFUSED' });
  });

  it.each([{ input: false }, { output: false }, { input: false, output: false }])(
    'refuses at once, unasked, without a terminal: %j',
    async (without) => {
      const { input, output, read } = createTerminal(without);
      input.end('yes\n');
      await expect(confirmOrigins(ORIGINS, { users: 1, input, output })).rejects.toMatchObject({
        code: 'ERR_ORIGIN_REFUSED',
        hint: expect.stringMatching(/^--allow-host api\.example\.com .*allowedHosts: \['api\.example\.com', .*--yes$/),
      });
      expect(read()).toBe('');
    },
  );

  it('asks nothing about nothing', async () => {
    const { input, output, read } = createTerminal();
    expect(await confirmOrigins([], { users: 1, input, output })).toEqual([]);
    expect(read()).toBe('');
  });
});
