import { afterEach, describe, expect, it } from 'vitest';
import { now } from '../../../src/metrics/clock.js';
import { defineSetup } from '../../../src/runtime/user/define-setup.js';
import { createSignal } from '../../support/run-share.js';
import { createResult, loadScript, refusalOf } from '../../support/script-harness.js';
import { closeServers, startEcho } from '../../support/small-servers.js';

afterEach(closeServers);

/** Never ends by itself. */
const hang = () => new Promise<never>(() => {});

describe('an abort', () => {
  it('rejects what a setup waits for, at once; what was set up before is torn down', async () => {
    const told: string[] = [];
    const isAsleep = createSignal();
    const setup = {
      first: defineSetup(() => 1, { teardown: () => told.push('first torn down') }),
      slow: defineSetup(async ({ sleep, signal }) => {
        signal.addEventListener('abort', () => told.push('signal'));
        isAsleep.give();
        await sleep(60).finally(() => told.push('cleaned up'));
      }),
      never: defineSetup(() => told.push('never runs')),
    };
    const { worker } = await loadScript({ setup });
    const running = refusalOf(worker.setup());
    await isAsleep.promise;
    const abortedAtMs = now();
    worker.abort();
    expect((await running).message).toBe('The setup "slow" was aborted.');
    expect(now() - abortedAtMs).toBeLessThan(500);
    await worker.teardown();
    expect(told).toEqual(['signal', 'cleaned up', 'first torn down']);
  });

  it('ends a request on the wire, which is counted as interrupted', async () => {
    const isAsked = createSignal();
    const silent = await startEcho(() => isAsked.give());
    const setup = { slow: defineSetup(({ http }) => http.get('/slow')) };
    const { worker, counted } = await loadScript({ setup }, { host: silent.url });
    const running = refusalOf(worker.setup());
    await isAsked.promise;
    worker.abort();
    expect((await running).code).toBe('ERR_SETUP_FAILED');
    expect(counted.setup).toMatchObject([{ name: '/slow', begun: 1, completed: 0, failures: 0, interrupted: 1 }]);
  });

  it('waits a second for code that does not listen, and not at all for code that goes on calling', async () => {
    const begun = createSignal();
    const deaf = defineSetup(() => {
      begun.give();
      return hang();
    });
    const { worker } = await loadScript({ setup: { deaf } });
    const running = refusalOf(worker.setup());
    await begun.promise;
    const abortedAtMs = now();
    worker.abort();
    expect((await running).message).toBe('The setup "deaf" was aborted.');
    expect(now() - abortedAtMs).toBeGreaterThan(900);
    expect(now() - abortedAtMs).toBeLessThan(2000);

    const stubborn = defineSetup(async ({ sleep }) => {
      for (;;) await sleep(0.005).catch(() => {});
    });
    const other = await loadScript({ setup: { stubborn } });
    const refused = refusalOf(other.worker.setup());
    const againAtMs = now();
    other.worker.abort();
    expect((await refused).message).toBe('The setup "stubborn" was aborted.');
    expect(now() - againAtMs).toBeLessThan(500);
  });

  it('of nothing that runs changes nothing for what comes', async () => {
    const { worker } = await loadScript({ setup: { a: defineSetup(async ({ sleep }) => sleep(0.01)) } });
    worker.abort();
    expect(await worker.setup()).toEqual({ a: undefined });
  });
});

describe('closing', () => {
  it('rejects what is pending, ends the signal that a setup passed on, and can be done twice', async () => {
    const passedOn = createSignal<AbortSignal>();
    const setup = { a: defineSetup(({ signal }) => passedOn.give(signal)) };
    const { worker } = await loadScript({ setup, verify: hang });
    await worker.setup();
    const signal = await passedOn.promise;
    expect(signal.aborted).toBe(false);
    const pending = refusalOf(worker.verify(createResult()));
    await Promise.all([worker.close(), worker.close()]);
    expect((await pending).code).toBe('ERR_WORKER_LOST');
    expect(signal.aborted).toBe(true);
    expect((await refusalOf(worker.setup())).message).toBe('The script worker was closed.');
  });
});
