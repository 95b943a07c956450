// A load test inside a test runner: no file, no threads, the numbers as an object to assert on.
//
//   npm install --save-dev vitest
//   npx vitest run examples/in-test-runner.test.ts
//
// In a clone of Loadwright itself: npx vitest run --project fast test/examples
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineTest, defineUser } from 'loadwright';
import { run } from 'loadwright/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const Visitor = defineUser({
  tasks: {
    async home({ http, sleep }) {
      await http.get('/', { name: 'home', expect: { status: 200, body: (response) => response.text() === 'hello' } });
      await sleep(0.01);
    },
  },
});

describe('the home page under load', () => {
  let server: Server;
  let host: string;
  let served = 0;

  beforeAll(async () => {
    server = createServer((_request, response) => {
      served++;
      response.end('hello');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('answers five users at once without a failure, within half a second', async () => {
    const result = await run({
      test: defineTest({ users: { Visitor } }),
      host,
      load: { users: 5, spawnRate: 50, runTime: '1s' },
    });

    expect(result.state).toBe('completed');
    expect(result.exitCode).toBe(0);
    expect(result.total.completed).toBe(served);
    expect(result.total.failures).toBe(0);
    expect(result.total.percentiles[95]).toBeLessThan(500);
    expect(result.requests.map(({ method, name }) => `${method} ${name}`)).toEqual(['GET home']);
  });
});
