import { type RunEvent, type RunOptions, type RunResult, readMetric, run } from 'loadwright/node';
import { afterEach, describe, expect, it } from 'vitest';
import { verifyStock } from '../../../examples/stock/consistency.js';
import { readOutcome, reservedUnits } from '../../../examples/stock/reserve.js';
import scenario from '../../../examples/stock/scenario.js';
import { type ServerProcess, startServer } from '../../support/spawn-server.js';
import { callStock, logIn } from '../../support/stock-target.js';

const STOCK = 1_000_000;
const PRODUCTS = 200;

const servers: ServerProcess[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop('SIGKILL');
});

async function start(name: 'stock' | 'second', args: readonly string[] = []): Promise<ServerProcess> {
  const server = await startServer(name, args);
  servers.push(server);
  return server;
}

/** In this thread, where nothing else is going on: a worker would take longer to boot than the run does. */
function runStock({ url }: ServerProcess, options: Partial<RunOptions> = {}): Promise<RunResult> {
  return run({
    ...(options.script === undefined ? { test: scenario } : { script: options.script }),
    kinds: ['HighVolumeStockUser'],
    host: url,
    load: { users: 40, spawnRate: 400, runTime: '1s' },
    seed: 1,
    ...(options as Omit<RunOptions, 'script' | 'test'>),
  });
}

/** Units that have left the stock of a server that began with `STOCK` of each, as it says itself. */
async function countTaken(server: ServerProcess): Promise<number> {
  const { access: token } = await logIn(server, 'admin');
  let left = 0;
  for (const page of [1, 2]) {
    const { body } = await callStock(server, `/api/products/stock/available/?page=${page}`, { token });
    for (const { available_stock: units } of body.results) left += units;
  }
  return PRODUCTS * STOCK - left;
}

/** Units told, and of all outcomes. */
function countReserved(result: RunResult): { told: number; all: number; unknown: number } {
  const sums = { told: 0, unknown: 0, refused: 0 };
  for (const { key, sum } of result.part.measures) {
    const outcome = /^reserved_units\{outcome:(told|unknown|refused)/.exec(key)?.[1];
    if (outcome !== undefined) sums[outcome as keyof typeof sums] += sum;
  }
  return { told: sums.told, unknown: sums.unknown, all: readMetric(result, reservedUnits) };
}

/** Calls back once, when the run has been answered for a second. */
function onceUnderWay(act: () => void): (event: RunEvent) => void {
  let hasActed = false;
  return (event) => {
    if (hasActed || event.type !== 'interval-closed' || event.part.series.length === 0) return;
    hasActed = true;
    act();
  };
}

describe('a stock that adds up', () => {
  it.each(['stock', 'second'] as const)('after a whole run against the %s server', async (name) => {
    const server = await start(name);
    const script = 'examples/stock/scenario.ts';
    const result = await runStock(server, name === 'stock' ? { script, workers: 2 } : {});
    const { told, all } = countReserved(result);
    expect(result).toMatchObject({ state: 'completed', verifyFailures: [], exitCode: 0 });
    expect(told).toBeGreaterThan(0);
    expect(await countTaken(server)).toBeGreaterThanOrEqual(told);
    expect(await countTaken(server)).toBeLessThanOrEqual(all);
  });

  it('after a run that was stopped while nobody was answered', async () => {
    const server = await start('stock');
    const stop = new AbortController();
    const result = await runStock(server, {
      load: { users: 40, spawnRate: 400 },
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'run-stopping') server.child.kill('SIGCONT');
        if (event.type !== 'interval-closed') return;
        if (event.interval === 0) server.child.kill('SIGSTOP');
        if (event.gauges.inFlight === 40) stop.abort('enough');
      },
    });
    const { told, unknown } = countReserved(result);
    const taken = await countTaken(server);
    expect(result).toMatchObject({ state: 'stopped', verifyFailures: [] });
    expect(unknown).toBeGreaterThan(0);
    expect(taken).toBeGreaterThan(told);
    expect(taken).toBeLessThanOrEqual(told + unknown);
  });

  it('where the server hangs up after reservations: units without an answer may be gone', async () => {
    const server = await start('second', ['--hang-up-every', '3']);
    const result = await runStock(server);
    const { told, unknown } = countReserved(result);
    expect(result).toMatchObject({ verifyFailures: [], exitCode: 99 });
    expect(unknown).toBeGreaterThan(0);
    expect(await countTaken(server)).toBeGreaterThan(told);
  });

  it('where products sell out: lack of stock is an answer, and is counted', async () => {
    const server = await start('second', ['--stock', '60']);
    const result = await runStock(server, { load: { users: 40, spawnRate: 400, runTime: '3s' } });
    expect(result).toMatchObject({ verifyFailures: [], exitCode: 0 });
    expect(result.part.measures.some(({ key }) => key.startsWith('reserved_units{outcome:refused'))).toBe(true);
    expect(result.total.failures).toBe(0);
  });
});

describe('a stock that does not add up', () => {
  const failuresOf = async (server: ServerProcess, options?: Partial<RunOptions>) => {
    const result = await runStock(server, options);
    expect(result.exitCode).toBe(99);
    expect(result.verifyFailures).not.toEqual([]);
    return result.verifyFailures!;
  };

  it('lost updates: less was taken than users were told', async () => {
    for (const failure of await failuresOf(await start('second', ['--forget-every', '3'])))
      expect(failure).toMatch(
        /^상품 \d+: \d+ reserved by what users were told, but \d+ taken \(1,000,000 before, \S+ after\): told minus stored is \d+\.$/,
      );
  });

  it('more was taken than users were told', async () => {
    for (const failure of await failuresOf(await start('second', ['--double-every', '3'])))
      expect(failure).toMatch(/^상품 \d+: \d+ taken \(1,000,000 before, \S+ after\), but users were told of \d+.*\.$/);
  });

  it('sold more than there was', async () => {
    const failures = await failuresOf(await start('second', ['--never-refuse', '1', '--stock', '20']));
    for (const failure of failures)
      expect(failure).toMatch(/^상품 \d+: sold more than there was, -\d+ left \(20 before/);
  });
});

describe('a stock that cannot be verified', () => {
  const onlyFailureOf = async (running: Promise<RunResult>) => {
    const { exitCode, verifyFailures } = await running;
    expect(exitCode).toBe(99);
    expect(verifyFailures).toHaveLength(1);
    return verifyFailures![0];
  };

  it('the target was killed and began anew', async () => {
    const first = await start('second');
    let restarted = Promise.resolve<unknown>(undefined);
    const restart = async () => {
      await first.stop('SIGKILL');
      await start('second', ['--port', new URL(first.url).port]);
    };
    const onEvent = onceUnderWay(() => {
      restarted = restart();
    });
    const running = runStock(first, { load: { users: 10, spawnRate: 100, runTime: '3s' }, onEvent });
    expect(await onlyFailureOf(running)).toMatch(
      /^Cannot verify the stock: 상품 1, 상품 2, 상품 3 and 197 more can no longer be found, so .* lost its data\.$/,
    );
    await restarted;
  });

  it('the target was killed and is gone', async () => {
    const server = await start('stock');
    const onEvent = onceUnderWay(() => server.child.kill('SIGKILL'));
    const running = runStock(server, { load: { users: 10, spawnRate: 100, runTime: '2s' }, onEvent });
    expect(await onlyFailureOf(running)).toMatch(
      /^Cannot verify the stock: reading it after the run failed \(01_jwt_auth/,
    );
  });

  it('somebody brought goods in meanwhile', async () => {
    const server = await start('stock');
    const { access: token } = await logIn(server, 'admin');
    const { body } = await callStock(server, '/api/products/', { token });
    const json = { product_id: body.results[16].id, quantity: 900_000 };
    let broughtIn = Promise.resolve<unknown>(undefined);
    const onEvent = onceUnderWay(() => {
      broughtIn = callStock(server, '/api/products/stock/inbound/', { token, json });
    });
    const running = runStock(server, { load: { users: 10, spawnRate: 100, runTime: '2s' }, onEvent });
    expect(await onlyFailureOf(running)).toMatch(
      /^Cannot verify the stock: there is more of 상품 17 than before the run \(상품 17 from 1,000,000 to 1,\d{3},\d{3}\)/,
    );
    await broughtIn;
  });

  it('a worker was lost, and what it had counted with it', async () => {
    const result = { lostWorkers: [{ share: 0 }] } as unknown as RunResult;
    expect(await verifyStock(result, { catalogue: [] }, {} as never)).toEqual([
      'Cannot verify the stock: a worker was lost, and with it what its users had been told.',
    ]);
  });
});

it.each([
  { status: 201, ok: true, outcome: 'told' },
  { status: 400, ok: true, outcome: 'refused' },
  { status: 400, ok: false, outcome: 'refused' },
  { status: 401, ok: false, outcome: 'refused' },
  { status: 500, ok: false, outcome: 'unknown' },
  { status: 504, ok: false, outcome: 'unknown' },
  { status: 0, ok: false, outcome: 'unknown' },
  // An answer whose body broke off.
  { status: 201, ok: false, outcome: 'unknown' },
])('an answer with status $status, ok: $ok, means $outcome', ({ outcome, ...response }) => {
  expect(readOutcome(response as never)).toBe(outcome);
});
