import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe } from 'vitest';
import { createStockServer, type StockServerStats } from '../../examples/stock/server/server.js';

export interface StockTarget {
  readonly url: string;
  stop(): Promise<void>;
}

export interface StockTargetOptions {
  readonly stock?: number;
  readonly tokenLifetimeSeconds?: number;
}

export interface StockAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers differ by row; each test states the shape it expects
  readonly body: any;
}

export interface StockCall {
  readonly method?: string;
  readonly token?: string;
  readonly json?: unknown;
  readonly text?: string;
}

/** A server that runs, a plain user's token, the admin's token, and the id of `상품 17`. Filled before the tests. */
export interface StockSession {
  target: StockTarget;
  token: string;
  adminToken: string;
  productId: string;
}

export type StartStockTarget = (options: StockTargetOptions) => Promise<StockTarget>;

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

const SECOND_SERVER = fileURLToPath(new URL('./second-stock-server.mjs', import.meta.url));
const STARTS: (readonly [string, StartStockTarget])[] = [
  ['the embedded server', startEmbedded],
  ['the second server', startSecond],
];

/** From now on the same tests are run against other servers. Call it before the tests are imported. */
export function replaceStockServers(starts: readonly (readonly [string, StartStockTarget])[]): void {
  STARTS.splice(0, STARTS.length, ...starts);
}

/** Runs the same tests against all servers, each started for them. */
export function describeStockServers(tests: (session: StockSession, start: StartStockTarget) => void): void {
  describe.each(STARTS)('%s', (_, start) => {
    const session = {} as StockSession;
    beforeAll(async () => {
      const target = await start({});
      const { access: token } = await logIn(target, 'user1');
      const { access: adminToken } = await logIn(target, 'admin');
      const { body } = await callStock(target, '/api/products/', { token });
      Object.assign(session, { target, token, adminToken, productId: body.results[16].id });
    });
    afterAll(() => session.target.stop());
    tests(session, start);
  });
}

async function startEmbedded(options: StockTargetOptions): Promise<StockTarget> {
  const server = await createStockServer(options);
  return { url: server.url, stop: () => server.close() };
}

async function startSecond(options: StockTargetOptions): Promise<StockTarget> {
  const { stock = 1_000_000, tokenLifetimeSeconds = 86_400 } = options;
  const words = [SECOND_SERVER, '--stock', String(stock), '--token-lifetime', String(tokenLifetimeSeconds)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  return { url: await readListeningUrl(child), stop: () => stopChild(child) };
}

/** Waits for the line in which a server says where it listens. */
export async function readListeningUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the server has no stdout');
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [])]);
  const url = /^listening on (http:\S+)$/.exec(String(line[0]))?.[1];
  if (url === undefined) throw new Error(`expected "listening on …", but the server said: ${line[0]}`);
  return url;
}

async function stopChild(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** One request without following redirects; POST when there is a body and no method. */
export async function callStock(target: StockTarget, path: string, options: StockCall = {}): Promise<StockAnswer> {
  const { method, token, json, text } = options;
  const body = json === undefined ? text : JSON.stringify(json);
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const response = await fetch(new URL(path, target.url), {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  });
  const received = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: received === '' ? undefined : JSON.parse(received),
  };
}

export async function logIn(target: StockTarget, username: string): Promise<{ access: string; refresh: string }> {
  const answer = await callStock(target, '/api/token/', { json: { username, password: 'password' } });
  if (answer.status !== 200) throw new Error(`logging in as ${username} was answered with ${answer.status}`);
  return answer.body;
}

/** Reserves as the given user; 201 or 400. */
export function reserve(target: StockTarget, token: string, json: unknown): Promise<StockAnswer> {
  return callStock(target, '/api/products/stock/reserve/', { token, json });
}

export async function readStats(target: StockTarget): Promise<StockServerStats> {
  return (await callStock(target, '/__stats')).body;
}
