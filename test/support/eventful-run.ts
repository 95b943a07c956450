import type { Tally } from '../../src/metrics/tally.js';
import { createRandom, RandomStream } from '../../src/runtime/user/random.js';
import { generatorHealth, generatorSummary } from './generator-health.js';
import { createPart, SyntheticRun, type ToldRequest, verdictOf } from './run-events.js';

export interface EventfulOptions {
  seconds: number;
  names: readonly string[];
  /** Requests of each name and second. */
  requests?: number;
  /** Some of them fail, from the middle of the run on. */
  hasFailures?: boolean;
}

type Listen = ConstructorParameters<typeof SyntheticRun>[0];

const WORKER = {
  share: 0,
  utilisation: 0.31,
  cpuShare: 0.28,
  runDelayShare: 0.01,
  lateness: { meanMs: 0.3, medianMs: 0.2, p90Ms: 0.6, p99Ms: 1.8, maxMs: 12 },
  garbage: { pauses: 40, totalMs: 60, longestMs: 6 },
};

/** A run in which a bit of everything happens: it ramps up, slows down under its load, and some of it fails. */
export function tellEventfulRun(
  listen: Listen,
  { seconds, names, requests = 10, hasFailures = true }: EventfulOptions,
) {
  const random = createRandom(new RandomStream([7]));
  const run = new SyntheticRun(listen).start();
  for (let second = 0; second < seconds; second++) {
    const load = Math.min(1, (second + 1) / (seconds * 0.3));
    const isSlow = second > seconds * 0.55 && second < seconds * 0.7;
    const told = names.flatMap((name, index): ToldRequest[] => {
      const times = Math.max(1, Math.round(requests * load * (0.85 + random() * 0.3)));
      return Array.from({ length: times }, () => {
        const noise = Math.exp((random() + random() + random() - 1.5) * 1.1);
        const ms = (12 + index * 9) * noise * (isSlow ? 3 : 1) * (0.7 + load * 0.4);
        const method = index % 4 === 3 ? 'POST' : 'GET';
        const fails = hasFailures && index % 3 === 1 && random() < (isSlow ? 0.12 : 0.004);
        if (!fails) return { name, method, ms, bytes: 900 + index * 130 };
        return random() < 0.6
          ? { name, method, ms, status: 503, error: 'status 503, expected 200' }
          : { name, method, ms: ms * 8, status: 0, error: 'timed out after 300 ms' };
      });
    });
    const part = createPart(second, told, (tally) => addRest(tally, second, isSlow && hasFailures));
    const users = Math.round(100 * load);
    run.close(
      second,
      part,
      { users: { StockUser: users }, inFlight: Math.round(users * (isSlow ? 0.4 : 0.12)), oldestInFlightMs: 60 },
      { plannedUsers: users, generator: generatorHealth({ utilisation: 0.12 + load * 0.2 + random() * 0.04 }) },
    );
  }
  return run.finish(endOf(hasFailures));
}

function addRest(tally: Tally, second: number, isSlow: boolean): void {
  for (let start = 0; start < 5; start++)
    tally.addStartLag(0.2 + ((second * 7 + start * 3) % 11) / 10 + (isSlow ? 6 : 0));
  for (let iteration = 0; iteration < 4; iteration++) tally.addIteration(1800 + iteration * 90);
  tally.addCheck({ name: '재고가 있다', passes: 9, failures: isSlow ? 1 : 0 });
  tally.addCheck({ name: 'price is a number', passes: 10, failures: 0 });
  tally.addGroup('checkout', 240 + (second % 9) * 12);
  if (isSlow && second % 3 === 0) {
    tally.addException({
      message: "TypeError: Cannot read properties of undefined (reading 'id')",
      traceback: "TypeError: Cannot read properties of undefined (reading 'id')\n    at reserve (scenario.ts:41:24)",
      nodes: ['0'],
      count: 1,
      firstSeenMs: second * 1000 + 200,
      lastSeenMs: second * 1000 + 200,
    });
  }
}

function endOf(hasFailures: boolean): Parameters<SyntheticRun['finish']>[0] {
  const generator = generatorSummary({ workers: [WORKER, { ...WORKER, share: 1 }], utilisation: 0.31 });
  if (!hasFailures) return { generator, thresholds: [verdictOf('http_req_failed', 'rate<0.01', { value: 0 })] };
  return {
    generator,
    exitCode: 99,
    thresholds: [
      verdictOf('http_req_failed', 'rate<0.01', { state: 'failed', value: 0.0231 }),
      verdictOf('http_req_duration', 'p(95)<400', { value: 271.4 }),
      verdictOf('http_req_duration{name:02_상품_목록}', 'p(99)<800', { value: 402.8 }),
    ],
    warnings: [{ code: 'HOST_RESOLVES_TWICE', message: 'The host has two addresses; both were used.' }],
  };
}

/** Names as a shop has them. */
export const SHOP_NAMES = [
  '01_로그인',
  '02_상품_목록',
  '03_product_detail',
  '04_reserve',
  '05_장바구니',
  '06_checkout',
  '07_order_history',
  '/api/products/:id/reviews',
];
