import { afterEach, describe, expect, it } from 'vitest';
import { createSources } from '../../../../src/runtime/user/http/source-addresses.js';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, startEcho, startHttp } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

const V4 = '192.0.2.1';
const V6 = '2001:db8::1';

describe('source addresses', () => {
  it('are the system’s choice where none are given', () => {
    expect(createSources([]).map((pick) => [pick(V4), pick(V6)])).toEqual([[undefined, undefined]]);
  });

  it('are taken in turn', () => {
    const sources = createSources(['127.0.0.2', '127.0.0.3', '127.0.0.4']);
    expect(sources.map((pick) => pick(V4))).toEqual(['127.0.0.2', '127.0.0.3', '127.0.0.4']);
    expect(sources.map((pick) => pick(V6))).toEqual([undefined, undefined, undefined]);
  });

  it('are of the family of where they lead to, each as often as the others', () => {
    const sources = createSources(['127.0.0.2', '::2', '127.0.0.3', '::3', '::4']);
    const count = (peer: string) => {
      const picked = sources.map((pick) => pick(peer)!);
      return Object.fromEntries(picked.map((address) => [address, picked.filter((other) => other === address).length]));
    };
    expect(count(V4)).toEqual({ '127.0.0.2': 3, '127.0.0.3': 3 });
    expect(count(V6)).toEqual({ '::2': 2, '::3': 2, '::4': 2 });
  });
});

describe.runIf(process.platform === 'linux')('connections', () => {
  it.each(['auto', 'undici'] as const)('come from the address of their user, with transport %s', async (transport) => {
    const seen: [string, string][] = [];
    const server = await startHttp((request, response) => {
      seen.push([request.url!, request.socket.remoteAddress!]);
      response.end('ok');
    });
    const settings = { localAddresses: ['127.0.0.2', '127.0.0.3'], connectionReuse: 'none' as const, transport };
    const harness = createHarness({ host: server.url, settings });
    const users = [0, 1, 2, 3].map((place) => {
      const user = harness.createUser(server.url);
      user.session.place = place;
      return user;
    });
    for (let round = 0; round < 2; round++) {
      for (const [place, { http }] of users.entries()) expect((await http.get(`/${place}`)).ok).toBe(true);
    }
    expect(Object.fromEntries(seen)).toEqual({
      '/0': '127.0.0.2',
      '/1': '127.0.0.3',
      '/2': '127.0.0.2',
      '/3': '127.0.0.3',
    });
    expect(seen).toHaveLength(8);
  });

  it.each(['iteration', 'none'] as const)('that are kept for %s at most take all addresses in turn', async (reuse) => {
    const seen: string[] = [];
    const server = await startHttp((request, response) => {
      seen.push(`${request.url} ${request.socket.remoteAddress}`);
      response.end('ok');
    });
    const settings = { localAddresses: ['127.0.0.2', '127.0.0.3'], connectionReuse: reuse };
    const { http, session } = createHarness({ host: server.url, settings });
    for (let iteration = 0; iteration < 3; iteration++) {
      session.beginIteration(0);
      for (const step of ['a', 'b']) expect((await http.get(`/${iteration}${step}`)).ok).toBe(true);
      session.endIteration();
    }
    const turns = ['127.0.0.2', '127.0.0.3', '127.0.0.2'];
    expect(seen).toEqual(turns.flatMap((address, index) => [`/${index}a ${address}`, `/${index}b ${address}`]));
  });

  it.each(['auto', 'undici'] as const)(
    'from an address that was taken away say so, with transport %s',
    async (transport) => {
      const server = await startEcho();
      // Of a network that is for documentation alone.
      const { http } = createHarness({ host: server.url, settings: { localAddresses: ['192.0.2.7'], transport } });
      expect((await http.get('/')).error).toBe('192.0.2.7 is no address of this machine (--local-address)');
      expect(server.requests).toEqual([]);
    },
  );

  it('that no given address can reach fail, and say so', async () => {
    const server = await startEcho();
    const { http } = createHarness({ host: server.url, settings: { localAddresses: ['::1'] } });
    expect((await http.get('/')).error).toBe('no address of --local-address can reach 127.0.0.1');
  });
});
