import { describe, expect, it } from 'vitest';
import { checkOrigins, type OriginsToCheck } from '../../../src/runtime/conductor/check-origins.js';

const NOTHING: OriginsToCheck = { hosts: [], allowedHosts: [], yes: false, users: 5 };

/** Whoever starts the run, saying this; and what was asked. */
function createAsked(answer: (origins: readonly URL[]) => string[]) {
  const asked: string[][] = [];
  return {
    asked,
    confirm: async (origins: readonly URL[], { users }: { users: number }) => {
      asked.push([...origins.map(({ href }) => href), String(users)]);
      return answer(origins);
    },
  };
}

describe('checkOrigins', () => {
  it('asks nothing about local and allowed hosts, or with --yes', async () => {
    const { asked, confirm } = createAsked(() => []);
    const hosts = [undefined, 'http://localhost:8000', 'https://api.example.com/v1'];
    const allowedHosts = ['*.example.com'];
    expect(await checkOrigins({ ...NOTHING, hosts, allowedHosts, confirm })).toEqual(allowedHosts);
    expect(await checkOrigins({ ...NOTHING, hosts, yes: true, confirm })).toEqual([]);
    expect(await checkOrigins({ ...NOTHING, confirm })).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('asks once about all others, each origin once and without its password', async () => {
    const { asked, confirm } = createAsked((origins) => origins.map(({ origin }) => origin));
    const hosts = [
      'https://kim:pw@a.test/x',
      'https://a.test/y',
      'http://localhost',
      'http://10.0.0.5:80',
      'http://b.test',
    ];
    const list = await checkOrigins({ ...NOTHING, hosts, allowedHosts: ['b.test'], confirm });
    expect(asked).toEqual([['https://a.test/', 'http://10.0.0.5/', '5']]);
    expect(list).toEqual(['b.test', 'https://a.test', 'http://10.0.0.5']);
  });

  it('refuses if the answer leaves something out', async () => {
    const { confirm } = createAsked(([first]) => [first!.origin]);
    const refusal = checkOrigins({ ...NOTHING, hosts: ['http://a.test', 'http://b.test'], confirm });
    await expect(refusal).rejects.toMatchObject({ code: 'ERR_ORIGIN_REFUSED', exitCode: 2 });
    await expect(refusal).rejects.toThrow(/^http:\/\/b\.test is neither/);
  });

  it('refuses at once where there is nobody to ask', async () => {
    await expect(checkOrigins({ ...NOTHING, hosts: ['https://a.test:8443'] })).rejects.toMatchObject({
      code: 'ERR_ORIGIN_REFUSED',
      hint: expect.stringMatching(/allowedHosts: \['a\.test:8443'\].*yes: true/),
    });
  });

  it('knows a wrong entry before anybody is asked', async () => {
    const { asked, confirm } = createAsked(() => []);
    const refusal = checkOrigins({ ...NOTHING, hosts: ['http://a.test'], allowedHosts: ['a.test/x'], confirm });
    await expect(refusal).rejects.toMatchObject({ code: 'ERR_OPTION_INVALID' });
    expect(asked).toEqual([]);
  });
});
