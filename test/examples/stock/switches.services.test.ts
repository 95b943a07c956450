import { describe, expect, it } from 'vitest';
import { useStockServers } from '../../support/stock-servers.js';
import { queryPostgres, type SystemProcess } from '../../support/stock-system.js';
import { callStock, logIn, readStats, reserve, type StockAnswer, UNKNOWN_ID } from '../../support/stock-target.js';

const { start } = useStockServers();

interface Visit {
  server: SystemProcess;
  token: string;
  productId: string;
  get(path: string): Promise<StockAnswer>;
}

async function visit(...flags: string[]): Promise<Visit> {
  const server = await start(...flags);
  const { access: token } = await logIn(server, 'user1');
  const get = (path: string) => callStock(server, path, { token });
  const { body } = await get('/api/products/');
  return { server, token, productId: body.results[0].id, get };
}

interface Timing {
  dur?: number;
  desc?: string;
}

/** What an answer says of where its time went. */
function readTiming({ headers }: StockAnswer): Record<string, Timing> {
  const entries = (headers.get('server-timing') ?? '').split(', ').map((entry): [string, Timing] => {
    const [name = '', ...rest] = entry.split(';');
    const given = Object.fromEntries(rest.map((part) => part.split('=')));
    return [
      name,
      {
        ...(given.dur === undefined ? {} : { dur: Number(given.dur) }),
        ...(given.desc === undefined ? {} : { desc: given.desc.replaceAll('"', '') }),
      },
    ];
  });
  return Object.fromEntries(entries);
}

const availability = (productId: string) => `/api/products/stock/available/?product_id=${productId}`;

describe('Server-Timing', () => {
  it('is on every answer, and names what was used', async () => {
    const { server, token, productId, get } = await visit();
    const login = await callStock(server, '/api/token/', { json: { username: 'user1', password: 'password' } });
    expect(Object.keys(readTiming(login))).toEqual(['db', 'auth', 'pool']);
    const reserved = await reserve(server, token, { product_id: productId, quantity: 1 });
    expect(Object.keys(readTiming(reserved))).toEqual(['db', 'auth', 'lock', 'pool']);
    expect(readTiming(reserved).db!.desc).toBe('2 queries');
    expect(readTiming(await get(availability(productId)))).toEqual({
      db: { dur: expect.any(Number), desc: '1 query' },
      auth: { dur: expect.any(Number) },
      cache: { dur: expect.any(Number), desc: 'miss' },
      pool: { dur: expect.any(Number), desc: '1 of 20' },
    });
    for (const answer of [
      await get('/api/nothing/'),
      await get('/api/products'),
      await callStock(server, '/api/products/'),
      await callStock(server, '/api/token/', { text: '{' }),
    ]) {
      expect(answer.status).toBeGreaterThan(300);
      expect(readTiming(answer).db).toEqual({ dur: 0, desc: '0 queries' });
    }
  });
});

describe('the cache', () => {
  it('has a page and a stock row the second time, until a reservation changes the row', async () => {
    const { server, token, productId, get } = await visit();
    const outcomes = async (path: string) => readTiming(await get(path)).cache!.desc;
    const second = '/api/products/?page=2';
    expect([await outcomes(second), await outcomes(second)]).toEqual(['miss', 'hit']);
    const path = availability(productId);
    expect(await outcomes(path)).toBe('miss');
    await expect.poll(() => outcomes(path)).toBe('hit');
    await reserve(server, token, { product_id: productId, quantity: 30 });
    const after = await get(path);
    expect(readTiming(after).cache!.desc).toBe('miss');
    expect(after.body.results[0].reserved_stock).toBe(30);
    expect(await outcomes(path)).toBe('hit');
  });

  it('turned off, is asked and never has anything', async () => {
    const { get } = await visit('--cache', 'off');
    for (let n = 0; n < 2; n += 1)
      expect(readTiming(await get('/api/products/')).cache).toEqual({ dur: 0, desc: 'miss' });
  });

  it('is forgotten when its time is over', async () => {
    const { get } = await visit('--cache-ttl', '1');
    await get('/api/products/');
    await expect.poll(async () => readTiming(await get('/api/products/')).cache!.desc, { timeout: 3_000 }).toBe('miss');
  });

  it('is not believed when a reservation went by it: its writer was killed before it could say so', async () => {
    const { server, productId, get } = await visit();
    const path = availability(productId);
    const readReserved = async () => (await get(path)).body.results[0].reserved_stock;
    await expect.poll(async () => readTiming(await get(path)).cache!.desc).toBe('hit');
    await queryPostgres(
      server.databaseUrl,
      'UPDATE loadwright_stock.stock_levels SET reserved_stock = 7, version = version + 1',
    );
    expect(await readReserved()).toBe(0);
    await server.killAndRestart();
    const told = new Set<number>();
    const readAndNote = async () => {
      const answer = await get(path);
      told.add(answer.body.results[0].reserved_stock);
      return readTiming(answer).cache!.desc;
    };
    await expect.poll(readAndNote).toBe('hit');
    expect(told).toEqual(new Set([7]));
  });
});

describe('switches', () => {
  it('--n-plus-one on: one query for each product of a list', async () => {
    const { get } = await visit('--n-plus-one', 'on');
    const descriptions = [];
    for (let n = 0; n < 2; n += 1) descriptions.push(readTiming(await get('/api/products/')).db!.desc);
    // The first one, when the list was asked for a product, has left in the cache which products they are.
    expect(descriptions).toEqual(['100 queries', '100 queries']);
    expect(readTiming(await get('/api/products/?page=2')).db!.desc).toBe('102 queries');
  });

  it('--round-trip 30: so much longer takes each query', async () => {
    const { server, token, productId } = await visit('--round-trip', '30');
    const { db } = readTiming(await reserve(server, token, { product_id: productId, quantity: 1 }));
    expect(db!.desc).toBe('2 queries');
    expect(db!.dur).toBeGreaterThan(58);
  });

  it('--pool 1: requests wait for the one connection', async () => {
    const { server, token, productId } = await visit('--pool', '1', '--locking', 'pessimistic', '--gap', '20');
    const order = { product_id: productId, quantity: 1 };
    const answers = await Promise.all(Array.from({ length: 5 }, () => reserve(server, token, order)));
    const pools = answers.map((answer) => readTiming(answer).pool!);
    expect(new Set(pools.map(({ desc }) => desc))).toEqual(new Set(['1 of 1']));
    expect(Math.max(...pools.map(({ dur }) => dur!))).toBeGreaterThan(60);
  });

  it('--locking pessimistic: who comes second waits for the lock', async () => {
    const { server, token, productId } = await visit('--locking', 'pessimistic', '--gap', '300');
    const order = { product_id: productId, quantity: 1 };
    const answers = await Promise.all([1, 2, 3].map(() => reserve(server, token, order)));
    const waits = answers.map((answer) => readTiming(answer).lock!.dur!).sort((a, b) => a - b);
    expect(waits[0]).toBeLessThan(200);
    expect(waits[2]).toBeGreaterThan(300);
    const slowest = answers.map(readTiming).find(({ lock }) => lock!.dur === waits[2])!;
    expect(slowest.db!.dur).toBeLessThan(waits[2]!);
  });

  it('--locking optimistic: who comes second tries again, and gives up after three times', async () => {
    const { server, token, productId } = await visit('--gap', '200');
    const order = { product_id: productId, quantity: 1 };
    const answers = await Promise.all(Array.from({ length: 12 }, () => reserve(server, token, order)));
    const statuses = new Set(answers.map(({ status }) => status));
    expect(statuses).toEqual(new Set([201, 400]));
    const exhausted = answers.find(({ status }) => status === 400)!;
    expect(exhausted.body).toEqual([expect.stringContaining('Try again')]);
    expect(readTiming(exhausted).lock!.desc).toBe('3 retries');
    expect(readTiming(exhausted).lock!.dur).toBeGreaterThanOrEqual(700);
  });

  it('--token-cost and --password-cost: auth takes the time', async () => {
    const { server, get } = await visit('--token-cost', '20000', '--password-cost', '50000');
    expect(readTiming(await get('/api/products/')).auth!.dur).toBeGreaterThan(2);
    const login = await callStock(server, '/api/token/', { json: { username: 'user1', password: 'password' } });
    expect(readTiming(login).auth!.dur).toBeGreaterThan(5);
  });

  it('--hot 5: the list has five products', async () => {
    const { get } = await visit('--hot', '5');
    expect((await get('/api/products/')).body).toMatchObject({ count: 5, next: null, results: { length: 5 } });
  });

  it('--processes 2: both count, and either tells the sum, as JSON and for Prometheus', async () => {
    const { server, get } = await visit('--processes', '2');
    for (let n = 0; n < 20; n += 1) await get('/api/products/');
    const { byEndpoint } = await readStats(server);
    expect(byEndpoint.find(({ route, status }) => route === '/api/products/' && status === 200)!.count).toBe(21);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('stock_http_requests_total{method="GET",route="/api/products/",status="200"} 21\n');
  });
});

describe('reservations as jobs', () => {
  const TASKS = '/api/products/stock/reservations/';

  it('are answered with where to ask, and there with what became of them', async () => {
    const { server, token, productId, get } = await visit('--reserve', 'async', '--stock', '50');
    const order = async (quantity: number) => {
      const queued = await reserve(server, token, { product_id: productId, quantity });
      expect(queued.status).toBe(202);
      expect(queued.body.status_url).toBe(`${TASKS}${queued.body.task_id}/`);
      await expect.poll(async () => (await get(queued.body.status_url)).body.state, { timeout: 5_000 }).toBe('done');
      return (await get(queued.body.status_url)).body;
    };
    expect(await order(30)).toMatchObject({ state: 'done', status_code: 201, result: { success: true } });
    expect(await order(30)).toMatchObject({
      state: 'done',
      status_code: 400,
      result: [expect.stringContaining('Available: 20')],
    });
    expect((await get(availability(productId))).body.results[0].available_stock).toBe(20);
  });

  it('nobody knows of are not found, and wrong ones are refused at once', async () => {
    const { server, token, get } = await visit('--reserve', 'async');
    expect((await get(`${TASKS}${UNKNOWN_ID}/`)).status).toBe(404);
    const refused = await reserve(server, token, { product_id: UNKNOWN_ID, quantity: 0 });
    expect(refused).toMatchObject({
      status: 400,
      body: { product_id: [expect.stringContaining('does not exist')], quantity: [expect.any(String)] },
    });
  });
});

it('what is in the database stays, until --reset', async () => {
  const { server, token, productId, get } = await visit('--stock', '500');
  const readAvailable = async () => (await get(availability(productId))).body.results[0].available_stock;
  await reserve(server, token, { product_id: productId, quantity: 100 });
  await server.killAndRestart();
  // The token is still good, too.
  expect(await readAvailable()).toBe(400);
});
