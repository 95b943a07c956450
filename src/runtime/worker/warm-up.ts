import { createServer } from 'node:net';
import { systemClock } from '../../metrics/clock.js';
import { Tally } from '../../metrics/tally.js';
import { largestValue } from '../load/line.js';
import type { PlannedLoad } from '../plan.js';
import type { HttpSettings } from '../protocol.js';
import { CallScope } from '../user/call-scope.js';
import { HttpEngine } from '../user/http/http-engine.js';
import { Session } from '../user/http/session.js';
import { ScopedHttp } from '../user/http-client.js';

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok';
/** Two: what comes after the first answer is code of its own. */
const LEAST_REQUESTS = 2;
/** Code that has run as often as this is compiled as well as it will be. */
const MOST_REQUESTS = 1000;
/** No run waits longer than this for its code to become fast. */
const MOST_MS = 400;
const TIMEOUT_SECONDS = 1;

/**
 * How many requests before the first second: half a second's worth of the starts that will come, whether or not the
 * code is fast by then. Users of a closed load wait for their answers, and need no more than the least.
 */
export function countWarmUps(loads: readonly PlannedLoad[], shares: number): number {
  const peaks = loads.map((load) => (load.model === 'starts' ? largestValue(load.line) : 0));
  const perSecond = peaks.reduce((sum, peak) => sum + peak, 0) / shares;
  return Math.min(MOST_REQUESTS, Math.max(LEAST_REQUESTS, Math.ceil(perSecond / 2)));
}

/**
 * Sends requests to a socket of this very thread, counted nowhere: the first ones cost 15 to 30 ms of compiling, which
 * would otherwise delay the first users and be told as the target's time. Where no socket can be had, nothing is lost.
 */
export async function warmUp(settings: HttpSettings, requests = LEAST_REQUESTS): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.write(ANSWER));
  });
  const port = await new Promise<number | undefined>((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  if (port === undefined) return;
  const tally = new Tally();
  const engine = new HttpEngine({
    settings: { ...settings, proxy: undefined },
    clock: systemClock,
    userAgent: 'loadwright',
    recorder: {
      begun: (method, name) => tally.requests.addBegun(method, name),
      finished: (sample) => tally.requests.add(sample, 0),
      interrupted: () => {},
    },
  });
  const session = new Session(engine, `http://127.0.0.1:${port}`);
  const http = new ScopedHttp(session, new CallScope({ onResume: () => {}, onLeftBehind: () => {} }));
  const endsAtMs = systemClock.now() + MOST_MS;
  for (let sent = 0; sent < requests && (sent < LEAST_REQUESTS || systemClock.now() < endsAtMs); sent++) {
    await http.get('/', { expect: 200, timeout: TIMEOUT_SECONDS });
  }
  tally.take();
  session.close({ all: true });
  server.close();
}
