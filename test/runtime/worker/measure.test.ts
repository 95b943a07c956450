import { describe, expect, it } from 'vitest';
import { defineUser } from '../../../src/runtime/user/define-user.js';
import type { UserContext } from '../../../src/runtime/user/user-context-types.js';
import { listen, runShare } from '../../support/run-share.js';

async function runOnce(home: (context: UserContext) => unknown, host?: string) {
  const { part } = await runShare(
    { Visitor: defineUser({ tasks: { home } }) },
    { load: { iterationsPerUser: 1 }, ...(host === undefined ? {} : { host }) },
  );
  return part;
}

describe('measure', () => {
  it('counts a call like a request, and passes its result on', async () => {
    let result: unknown;
    const part = await runOnce(async ({ measure, sleep }) => {
      result = await measure({ name: 'select stock', method: 'SQL' }, async () => {
        await sleep(0.03);
        return 42;
      });
      await measure('ping', () => 'sync too');
    });
    expect(result).toBe(42);
    expect(part.series).toMatchObject([
      { method: 'SQL', name: 'select stock', begun: 1, completed: 1, failures: 0, bytesReceived: 0 },
      { method: 'CALL', name: 'ping', begun: 1, completed: 1, failures: 0 },
    ]);
    expect(part.series[0]!.minMs).toBeGreaterThanOrEqual(29);
    expect(part.series[0]!.minMs).toBeLessThan(200);
  });

  it('counts a throw as a failure, throws the same, and makes no exception of it', async () => {
    const thrown = new Error('connection reset');
    let caught: unknown;
    const part = await runOnce(async ({ measure }) => {
      await measure('call', () => {
        throw thrown;
      }).catch((error: unknown) => {
        caught = error;
      });
      await measure('call', () => Promise.reject(thrown));
    });
    expect(caught).toBe(thrown);
    expect(part.series).toMatchObject([
      { completed: 2, failures: 2, errors: [{ error: 'connection reset', count: 2 }] },
    ]);
    expect(part.exceptions).toEqual([]);
  });

  it('leaves later errors of the task what they are', async () => {
    const part = await runOnce(async ({ measure }) => {
      await measure('call', () => Promise.reject(new Error('first'))).catch(() => {});
      throw new Error('second');
    });
    expect(part.exceptions).toMatchObject([{ message: 'Visitor.home: Error: second', count: 1 }]);
  });

  it('refuses http inside, also after a wait, and sends nothing', async () => {
    let arrived = 0;
    const host = await listen((_, response) => {
      arrived++;
      response.end();
    });
    const codes: unknown[] = [];
    const part = await runOnce(async ({ measure, http, sleep }) => {
      const noteCode = (error: { code?: string }) => codes.push(error.code);
      await measure('direct', () => http.get('/')).catch(noteCode);
      await measure('later', async () => {
        await sleep(0.005);
        await http.get('/');
      }).catch(noteCode);
      await http.get('/outside');
    }, host);
    expect(codes).toEqual(['ERR_HTTP_INSIDE_MEASURE', 'ERR_HTTP_INSIDE_MEASURE']);
    expect(arrived).toBe(1);
    expect(part.series.map(({ name, failures }) => [name, failures])).toEqual([
      ['direct', 1],
      ['later', 1],
      ['/outside', 0],
    ]);
  });

  it('may overlap: each call is counted by itself', async () => {
    const part = await runOnce(({ measure, sleep }) =>
      Promise.all([1, 2, 3, 4].map((n) => measure('call', () => sleep(n / 100)))),
    );
    expect(part.series).toMatchObject([{ begun: 4, completed: 4, failures: 0 }]);
    expect(part.series[0]!.maxMs).toBeLessThan(200);
  });
});
