import { setImmediate as endOfTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { sendAtEndOfTurn } from '../../../../src/runtime/user/http/end-of-turn.js';
import { NetConnection } from '../../../../src/runtime/user/http/net-connection.js';
import { UndiciConnection } from '../../../../src/runtime/user/http/undici-connection.js';
import { fakeClock } from '../../../support/fake-clock.js';
import { closeHarnesses, createHarness } from '../../../support/http-harness.js';
import { closeServers, startEcho } from '../../../support/small-servers.js';

afterEach(async () => {
  closeHarnesses();
  await closeServers();
});

describe('at the end of a turn of the event loop', () => {
  it('everybody sends once, in the order they came in', async () => {
    const sent: string[] = [];
    const sender = (name: string) => ({ sendNow: () => void sent.push(name) });
    for (const name of ['a', 'b', 'c']) sendAtEndOfTurn(sender(name));
    await Promise.resolve();
    expect(sent).toEqual([]);
    await endOfTurn();
    expect(sent).toEqual(['a', 'b', 'c']);
    await endOfTurn();
    expect(sent).toEqual(['a', 'b', 'c']);
  });

  it('one that throws keeps nobody from sending, then and later', async () => {
    const sent: string[] = [];
    const sender = (name: string) => ({ sendNow: () => void sent.push(name) });
    const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
    const others = process.listeners('uncaughtException').slice(0, -1);
    for (const other of others) process.off('uncaughtException', other);
    sendAtEndOfTurn(sender('a'));
    sendAtEndOfTurn({
      sendNow: () => {
        throw new Error('broken');
      },
    });
    sendAtEndOfTurn(sender('b'));
    await expect(thrown).resolves.toMatchObject({ message: 'broken' });
    for (const other of others) process.on('uncaughtException', other);
    await endOfTurn();
    sendAtEndOfTurn(sender('c'));
    await endOfTurn();
    expect(sent).toEqual(['a', 'b', 'c']);
  });

  it('who comes while others send is sent in the next turn', async () => {
    const sent: string[] = [];
    const second = { sendNow: () => void sent.push('second') };
    const first = {
      sendNow: () => {
        sent.push('first');
        sendAtEndOfTurn(second);
      },
    };
    sendAtEndOfTurn(first);
    await endOfTurn();
    expect(sent).toEqual(['first']);
    await endOfTurn();
    expect(sent).toEqual(['first', 'second']);
  });
});

describe('right behind an answer', () => {
  it('requests go out in batches, as soon as there are enough of them', async () => {
    const sent: number[] = [];
    for (let name = 1; name <= 130; name++) sendAtEndOfTurn({ sendNow: () => void sent.push(name) }, 0.01);
    expect(sent).toEqual([]);
    await Promise.resolve();
    // One asked for it when it was the 64th; whoever has come until then goes along.
    expect(sent).toHaveLength(130);
    expect(sent).toEqual([...sent].sort((a, b) => a - b));
    await endOfTurn();
    expect(sent).toHaveLength(130);
  });

  it('few wait for the end of the turn', async () => {
    const sent: number[] = [];
    for (let name = 1; name < 64; name++) sendAtEndOfTurn({ sendNow: () => void sent.push(name) }, 0.01);
    await Promise.resolve();
    expect(sent).toEqual([]);
    await endOfTurn();
    expect(sent).toHaveLength(63);
  });

  it('those whose connection was idle wait for the end in any number, for it may have been closed', async () => {
    const sent: number[] = [];
    for (let name = 1; name <= 200; name++) sendAtEndOfTurn({ sendNow: () => void sent.push(name) }, 5);
    await Promise.resolve();
    expect(sent).toEqual([]);
    await endOfTurn();
    expect(sent).toHaveLength(200);
  });

  it('many users who go on at once need not wait; when they were idle, they do', async () => {
    const server = await startEcho();
    const harness = createHarness({ host: server.url, settings: { transport: 'auto' } });
    const users = Array.from({ length: 100 }, () => harness.createUser());
    fakeClock();
    await Promise.all(users.map(({ http }) => http.get('/first')));
    const dispatch = vi.spyOn(NetConnection.prototype, 'dispatch');
    onTestFinished(() => void dispatch.mockRestore());

    const atOnce = users.map(({ http }) => http.get('/at-once'));
    await Promise.resolve();
    expect(dispatch).toHaveBeenCalledTimes(100);
    await Promise.all(atOnce);

    vi.advanceTimersByTime(1000);
    const later = users.map(({ http }) => http.get('/later'));
    await Promise.resolve();
    expect(dispatch).toHaveBeenCalledTimes(100);
    await Promise.all(later);
    expect(dispatch).toHaveBeenCalledTimes(200);
    expect(server.requests).toHaveLength(300);
  });
});

describe('a request', () => {
  it('that its user takes back in the turn of its call never leaves, and costs no connection', async () => {
    const server = await startEcho();
    const { http, engine, samples, interrupted } = createHarness({ host: server.url, settings: { transport: 'auto' } });
    await http.get('/before');
    const call = http.get('/taken-back');
    engine.inFlight.interruptAll();
    await expect(call).rejects.toThrow();
    await endOfTurn();
    const { timings } = await http.get('/after');
    expect(timings.connectingMs).toBe(0);
    expect(server.requests.map(({ url }) => url)).toEqual(['/before', '/after']);
    expect([samples.length, interrupted.length]).toEqual([2, 1]);
  });

  it('waits until its turn is over, which its times tell', async () => {
    const server = await startEcho();
    const { http, onlySample } = createHarness({ host: server.url, settings: { transport: 'auto' } });
    const call = http.get('/');
    const busyUntilMs = performance.now() + 40;
    while (performance.now() < busyUntilMs);
    const { timings } = await call;
    expect(timings.blockedMs).toBeGreaterThanOrEqual(39);
    expect(timings.serviceMs).toBeGreaterThan(timings.blockedMs);
    expect(onlySample().serviceMs).toBe(timings.serviceMs);
  });
});

describe.each(['auto', 'undici'] as const)('a request over %s', (transport) => {
  it('that cannot be handed over fails by itself', async () => {
    const server = await startEcho();
    const { http } = createHarness({ host: server.url, settings: { transport } });
    const { prototype } = transport === 'auto' ? NetConnection : UndiciConnection;
    const dispatch = vi.spyOn(prototype, 'dispatch').mockImplementationOnce(() => {
      throw new Error('no hands');
    });
    const answers = await Promise.all([http.get('/lost'), http.get('/beside')]);
    dispatch.mockRestore();
    expect(answers.map(({ ok }) => ok)).toEqual([false, true]);
    expect(answers[0]!.error).toMatch(/no hands/);
    expect((await http.get('/after')).ok).toBe(true);
    expect(server.requests.map(({ url }) => url)).toEqual(['/beside', '/after']);
  });
});
