import { constant, defineTest, defineUser } from 'loadwright';
import { type PageHarness, readEvents, startPageHarness } from './page-harness.js';
import { startEcho } from './small-servers.js';

const Buyer = defineUser({
  weight: 3,
  waitTime: constant(0.02),
  tasks: {
    buy: async ({ http, check }) => {
      const response = await http.get('/사다', { name: '사다 <script>' });
      check(response, { 'seen <&>': () => true, never: () => false });
    },
  },
});
const Looker = defineUser({
  waitTime: constant(0.02),
  tasks: { look: async ({ http }) => void (await http.get('/look')) },
});
const Admin = defineUser({ fixedCount: 1, waitTime: constant(0.02), tasks: { idle: async () => {} } });
const TEST = defineTest({
  users: { Buyer, Looker, Admin },
  thresholds: { http_req_failed: ['rate<0.5'] },
  load: { users: 3, spawnRate: 100, runTime: '30s' },
  profiles: { short: { load: { users: 2, spawnRate: 100, runTime: '1s' } } },
});

/** The page of a test with three kinds of users, against a server of its own; `closeServers` is up to the test. */
export async function startScenarioPage(
  values: Record<string, unknown> = {},
): Promise<PageHarness & { requests: { url: string }[] }> {
  const { url, requests } = await startEcho();
  return Object.assign(await startPageHarness({ test: TEST, values: { host: url, ...values } }), { requests });
}

/** The first second that is as wanted. */
// biome-ignore lint/suspicious/noExplicitAny: what it holds is what tests look into
export async function nextSecond(page: PageHarness, isWanted: (second: any) => boolean): Promise<any> {
  const events = await readEvents(`${page.url}/api/events`, ({ event, data }) => event === 'second' && isWanted(data));
  return events.at(-1)!.data;
}
