import { createServer } from 'node:net';
import { systemClock } from '../../metrics/clock.js';
import { Tally } from '../../metrics/tally.js';
import type { HttpSettings } from '../protocol.js';
import { CallScope } from '../user/call-scope.js';
import { HttpEngine } from '../user/http/http-engine.js';
import { Session } from '../user/http/session.js';
import { ScopedHttp } from '../user/http-client.js';

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok';
/** Two: what comes after the first answer is code of its own. */
const REQUESTS = 2;
const TIMEOUT_SECONDS = 1;

/**
 * Sends requests to a socket of this very thread, counted nowhere: the first ones cost 15 to 30 ms of compiling, which
 * would otherwise delay the first users and be told as the target's time. Where no socket can be had, nothing is lost.
 */
export async function warmUp(settings: HttpSettings): Promise<void> {
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
  for (let sent = 0; sent < REQUESTS; sent++) await http.get('/', { expect: 200, timeout: TIMEOUT_SECONDS });
  tally.take();
  session.close({ all: true });
  server.close();
}
