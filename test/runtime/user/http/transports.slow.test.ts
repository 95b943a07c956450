import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HttpResponse } from '../../../../src/runtime/user/http/http-types.js';
import { fuzzAnswer, sendPieces } from '../../../support/answer-fuzz.js';
import { closeHarnesses, createHarness, type Harness } from '../../../support/http-harness.js';
import { closeServers, startRaw } from '../../../support/small-servers.js';

const CASES = Number(process.env.LOADWRIGHT_FUZZ_CASES ?? 30_000);
const FIRST = Number(process.env.LOADWRIGHT_FUZZ_FIRST ?? 0);
const AT_ONCE = 64;
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

const { stackTraceLimit } = Error;

// Half of the answers end in an error, and stacks are the dearest part of it.
beforeEach(() => {
  Error.stackTraceLimit = 0;
});

afterEach(async () => {
  Error.stackTraceLimit = stackTraceLimit;
  closeHarnesses();
  await closeServers();
});

/** Sends the answer of the number that is asked for; all else is `ok`. */
function startFuzz() {
  return startRaw((socket) => {
    socket.on('data', (chunk) => {
      const number = /^GET \/(\d+) /.exec(chunk.toString('latin1'))?.[1];
      if (number === undefined) socket.write(OK);
      else void sendPieces(socket, fuzzAnswer(Number(number)));
    });
    socket.on('end', () => socket.end());
  });
}

const describeOutcome = (response: HttpResponse) => {
  const { ok, status, error, headers } = response;
  return { ok, status, error, headers: [...headers], text: response.text() };
};

/**
 * What a user of this transport saw of an answer, and of the next one. Where the server closed, the next one comes over
 * another connection: that is costly, and seldom tells more.
 */
async function ask(harness: Harness, host: string, number: number) {
  const { http, session } = harness.createUser(host);
  const outcome = describeOutcome(await http.get(`/${number}`, { timeout: '700ms', followRedirects: false }));
  const isNextAsked = number % 8 === 0 || !fuzzAnswer(number).closes;
  const next = isNextAsked ? await http.get('/good', { timeout: 5 }) : undefined;
  session.close({ all: true });
  return {
    outcome: JSON.stringify(outcome),
    ok: outcome.ok,
    next: next === undefined ? '' : (next.error ?? next.text()),
  };
}

/**
 * Whether a byte is there in time, before a timeout or the next request, is chance: only what always differs differs. What
 * comes behind a whole answer closes the bare connection, where undici may take it for the beginning of the next one.
 */
async function findDifference(harnesses: readonly Harness[], host: string, number: number) {
  let difference: unknown;
  for (let attempt = 0; attempt < 5; attempt++) {
    const [bare, undici] = await Promise.all(harnesses.map((harness) => ask(harness, host, number)));
    const isSame = bare!.outcome === undici!.outcome && (bare!.next === undici!.next || bare!.next === 'ok');
    if (isSame) return { ok: bare!.ok };
    difference = { number, sent: fuzzAnswer(number).pieces.map(String), bare, undici };
  }
  return { ok: false, difference };
}

it('both transports make the same of every answer, however it is broken and cut', { timeout: 3_600_000 }, async () => {
  const server = await startFuzz();
  const harnesses = (['auto', 'undici'] as const).map((transport) => createHarness({ settings: { transport } }));
  const differences: unknown[] = [];
  let succeeded = 0;
  let number = FIRST;
  const work = async () => {
    while (number < FIRST + CASES && differences.length < 20) {
      const { ok, difference } = await findDifference(harnesses, server.url, number++);
      if (ok) succeeded++;
      if (difference !== undefined) differences.push(difference);
      for (const { samples, begun } of harnesses) {
        samples.length = 0;
        begun.length = 0;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(differences).toEqual([]);
  // The changes are not so many that everything fails.
  expect(succeeded).toBeGreaterThan(CASES * 0.3);
  expect(succeeded).toBeLessThan(CASES * 0.9);
});
