import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startHttp } from './small-servers.js';
import { type CliResult, runCli } from './spawn-cli.js';

/** A bit of everything: two loads on two workers, Korean names, failures, checks, groups, metrics of its own, exceptions, traces. */
const SCENARIO = `
import { constant, counter, defineTest, defineUser, gauge, rate, trend } from 'loadwright';
const units = counter('reserved_units', { unit: 'units', by: ['outcome'] });
const found = rate('found');
const basket = gauge('basket_size');
const price = trend('price');
const Shopper = defineUser({
  waitTime: constant(0.02),
  tasks: {
    async buy({ http, check, group, record, iteration }) {
      const list = await http.get('/list', { name: '상품 목록' });
      check(list, { '목록이 온다': ({ status }) => status === 200, 'is even': () => iteration % 4 !== 3 });
      await group('주문', async () => {
        await http.get('/stock', { name: '재고 확인' });
        await http.post('/order', { name: '주문', json: { iteration }, expect: ({ status }) => iteration % 5 !== 0 || 'no receipt' });
      });
      record(units, iteration % 3, { outcome: iteration % 2 === 0 ? 'told' : 'kept' });
      record(found, iteration % 3 !== 0);
      record(basket, 7);
      record(price, 1000 + 13.5 * (iteration % 17));
      if (iteration % 8 === 7) throw new Error('no basket');
    },
  },
});
const Visitor = defineUser({ tasks: { look: async ({ http }) => { await http.get('/list', { name: 'look | around' }); } } });
export default defineTest({
  users: { Shopper, Visitor },
  loads: {
    buy: { executor: 'per-vu-iterations', vus: 6, iterations: 30, maxDuration: '60s', exec: 'Shopper' },
    look: { executor: 'constant-arrival-rate', rate: 50, timeUnit: '1s', duration: '3s', preAllocatedVUs: 10, exec: 'Visitor' },
  },
  thresholds: {
    http_req_failed: ['rate<0.01'],
    http_req_duration: ['p(95)<5000', 'avg<4000'],
    'http_req_duration{name:재고 확인}': ['p(99)<5000'],
    'reserved_units{outcome:told}': ['count>10'],
    found: ['rate>0.5'],
    price: ['p(90)<1100'],
    checks: ['rate>0.5'],
    http_reqs: ['count>100'],
  },
});
`;

export interface GoldenRun {
  command: CliResult;
  /** What the target counted, by request line and status. */
  counted: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** What it said in `Server-Timing`, by request line. */
  told: ReadonlyMap<string, ToldTiming>;
  read(file: string): string;
}

/** Sums of what was told. */
export interface ToldTiming {
  responses: number;
  dbMs: number;
  queries: number;
  hits: number;
}

/** Flags of all forms that `run` and `report` have in common. */
export const FORMS = ['--json', 'run.json', '--html', 'run.html', '--junit', 'junit.xml', '--csv', 'run'];

/** One run of the real command against a target that counts what it answered, with every form written to the folder. */
export async function runGolden(folder: string): Promise<GoldenRun> {
  const scenario = join(folder, 'scenario.ts');
  writeFileSync(scenario, SCENARIO);
  const target = await startCountingTarget();
  const run = ['run', scenario, '--headless', '--only-summary', '--workers', '2', '--seed', '11', '--trace', '50%'];
  const forms = [...FORMS, '--csv-full-history', '--record', 'run.ndjson', '--logfile', 'run.log'];
  const command = await runCli([...run, '--host', target.url, ...forms], {
    cwd: folder,
    env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(folder, 'summary.md') },
  });
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  return { command, counted: target.counted, told: target.told, read };
}

/** Answers after 1 to 12 ms; every sixth question for stock fails. */
async function startCountingTarget() {
  const counted = new Map<string, Record<string, number>>();
  const told = new Map<string, ToldTiming>();
  let questions = 0;
  let answers = 0;
  const server = await startHttp((request, response) => {
    const isRefused = request.url === '/stock' && ++questions % 6 === 0;
    const status = isRefused ? 503 : 200;
    const line = `${request.method} ${request.url}`;
    const statuses = counted.get(line) ?? {};
    statuses[status] = (statuses[status] ?? 0) + 1;
    counted.set(line, statuses);
    if (request.url !== '/list') response.setHeader('Server-Timing', tellTiming(told, line));
    request.resume().once('end', () => {
      setTimeout(() => response.writeHead(status).end('x'.repeat(50 + (answers % 200))), 1 + (answers++ % 12));
    });
  });
  return { url: server.url, counted, told };
}

/** Two headers, whose numbers are whole, so that their sums are the same in whatever order they are added. */
function tellTiming(told: Map<string, ToldTiming>, line: string): string[] {
  const sums = told.get(line) ?? { responses: 0, dbMs: 0, queries: 0, hits: 0 };
  told.set(line, sums);
  sums.responses++;
  const dbMs = sums.responses % 7;
  const queries = sums.responses % 5;
  const isHit = sums.responses % 3 > 0;
  sums.dbMs += dbMs;
  sums.queries += queries;
  sums.hits += Number(isHit);
  return [`db;dur=${dbMs};desc="${queries} queries"`, `cache;desc=${isHit ? 'hit' : 'miss'}`];
}
