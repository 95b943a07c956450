import { afterEach, describe, expect, it } from 'vitest';
import type { DnsSettings } from '../../../../src/runtime/http-settings.js';
import { closeHarnesses, createHarness, type HarnessOptions } from '../../../support/http-harness.js';
import { closeServers, startHttp } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

const [ONE, TWO, THREE] = ['127.0.0.1', '127.0.0.2', '127.0.0.3'] as const;

/** A server on all loopback addresses that answers with the one that was used. */
async function startEverywhere(
  dns: Partial<DnsSettings>,
  addresses: readonly string[],
  more: Partial<HarnessOptions> = {},
) {
  const server = await startHttp((request, response) => response.end(request.socket.localAddress), '0.0.0.0');
  let lookups = 0;
  const harness = createHarness({
    host: `http://shop.test:${server.port}`,
    settings: { connectionReuse: 'none', dns: { ttlMs: 60_000, select: 'first', ...dns } },
    lookup: (name, _options, listener) => {
      lookups++;
      expect(name).toBe('shop.test');
      setImmediate(() =>
        listener(
          null,
          addresses.map((address) => ({ address })),
        ),
      );
    },
    ...more,
  });
  const ask = async (times: number) => {
    const used: string[] = [];
    for (let count = 0; count < times; count++) used.push((await harness.http.get('/')).text());
    return used;
  };
  return { ...harness, server, ask, lookups: () => lookups };
}

describe('names', () => {
  it('are looked up once for all users that connect at the same time', async () => {
    const { createUser, lookups } = await startEverywhere({}, [ONE]);
    const users = Array.from({ length: 20 }, () => createUser());
    const answers = await Promise.all(users.map(({ http }) => http.get('/')));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(lookups()).toBe(1);
  });

  it('are looked up again after their time', async () => {
    const { ask, lookups } = await startEverywhere({ ttlMs: 50 }, [ONE]);
    await ask(3);
    expect(lookups()).toBe(1);
    const askAgain = async () => {
      await ask(1);
      return lookups();
    };
    await expect.poll(askAgain).toBeGreaterThan(1);
  });

  it('are looked up for every connection if they are not kept', async () => {
    const { ask, lookups } = await startEverywhere({ ttlMs: 0 }, [ONE]);
    await ask(4);
    expect(lookups()).toBe(4);
  });

  it('lead to the first address by default', async () => {
    const { ask } = await startEverywhere({}, [TWO, ONE, THREE]);
    expect(await ask(4)).toEqual([TWO, TWO, TWO, TWO]);
  });

  it.each([60_000, 0])('lead to all addresses in turn, with a time to live of %i ms', async (ttlMs) => {
    const { ask } = await startEverywhere({ select: 'roundRobin', ttlMs }, [ONE, TWO, THREE]);
    expect(await ask(6)).toEqual([ONE, TWO, THREE, ONE, TWO, THREE]);
  });

  it('take turns over all users', async () => {
    const { createUser } = await startEverywhere({ select: 'roundRobin' }, [ONE, TWO]);
    const used: string[] = [];
    for (let count = 0; count < 4; count++) used.push((await createUser().http.get('/')).text());
    expect(used).toEqual([ONE, TWO, ONE, TWO]);
  });

  it('lead to addresses at random, to each now and then', async () => {
    const { ask } = await startEverywhere({ select: 'random' }, [ONE, TWO]);
    const used = await ask(60);
    // Less than 2 in 10^12 to fail by chance.
    expect(used.filter((address) => address === ONE).length).toBeGreaterThan(2);
    expect(used.filter((address) => address === TWO).length).toBeGreaterThan(2);
  });

  it('lead past an address that refuses, which is not tried first again', async () => {
    const server = await startHttp((_request, response) => response.end('ok'), TWO);
    const { http, samples } = createHarness({
      host: `http://shop.test:${server.port}`,
      lookup: (_name, _options, listener) => listener(null, [{ address: ONE }, { address: TWO }]),
    });
    expect((await http.get('/')).ok).toBe(true);
    expect(samples).toMatchObject([{ error: undefined, reconnects: 0 }]);
  });

  it('fail the request if every address refuses', async () => {
    const { http, onlySample } = createHarness({
      host: 'http://shop.test:1',
      lookup: (_name, _options, listener) => listener(null, [{ address: ONE }, { address: TWO }]),
    });
    expect((await http.get('/')).error).toBe('connection refused by shop.test:1');
    expect(onlySample().status).toBe(0);
  });

  it.each([
    ['ENOTFOUND', 'the name "shop.test" could not be resolved: DNS knows no such name'],
    ['EAI_AGAIN', 'the name "shop.test" could not be resolved: DNS did not answer'],
    ['EAI_FAIL', 'the name "shop.test" could not be resolved (EAI_FAIL)'],
  ])('fail the request with %s, and are asked for again by the next', async (code, error) => {
    let lookups = 0;
    const failure = Object.assign(new Error(`getaddrinfo ${code} shop.test`), { code, syscall: 'getaddrinfo' });
    const { http, samples } = createHarness({
      host: 'http://shop.test:1',
      lookup: (_name, _options, listener) => {
        lookups++;
        listener(failure, []);
      },
    });
    expect((await http.get('/')).error).toBe(error);
    expect((await http.get('/')).error).toBe(error);
    expect([lookups, samples.length]).toEqual([2, 2]);
  });

  it('that no resolver knows fail the request, without a seam', async () => {
    const { http } = createHarness({ host: 'http://no-such-host.invalid:1' });
    expect((await http.get('/')).error).toMatch(/^the name "no-such-host.invalid" could not be resolved/);
  });

  it('need not be looked up if they are addresses', async () => {
    const server = await startHttp((_request, response) => response.end('ok'));
    const { http } = createHarness({
      host: server.url,
      lookup: () => {
        throw new Error('looked up an address');
      },
    });
    expect((await http.get('/')).ok).toBe(true);
  });

  it('may be IPv6 addresses', async () => {
    const { http } = createHarness({ host: 'http://[::1]:1' });
    expect((await http.get('/')).error).toMatch(
      /^(connection refused by|no route to) \[::1\]:1$|^this machine has no IPv6 address to reach/,
    );
  });
});
