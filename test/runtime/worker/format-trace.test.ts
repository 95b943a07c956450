import { describe, expect, it } from 'vitest';
import { defineUser } from '../../../src/runtime/user/define-user.js';
import type { ExchangeTrace } from '../../../src/runtime/user/http/http-engine.js';
import { formatTrace } from '../../../src/runtime/worker/format-trace.js';
import { listen, runShare } from '../../support/run-share.js';

interface Told {
  url?: string;
  requestHeaders?: string[];
  requestBody?: unknown;
  status?: number;
  error?: string;
  headers?: Record<string, string>;
  body?: string;
}

function traceOf({ status = 200, error, headers = {}, body = '', ...request }: Told): string {
  const response = {
    status,
    error,
    headers: new Headers(headers),
    timings: { serviceMs: 12.3456 },
    text: () => body,
  };
  const trace = {
    method: 'POST',
    url: 'http://localhost:8000/a',
    requestHeaders: [],
    requestBody: undefined,
    ...request,
  };
  return formatTrace({ ...trace, response } as unknown as ExchangeTrace);
}

describe('a trace', () => {
  it('shows both heads and both bodies', () => {
    const text = traceOf({
      requestHeaders: ['accept', '*/*', 'content-type', 'application/json'],
      requestBody: '{"amount":5}',
      status: 201,
      headers: { 'content-type': 'text/plain' },
      body: 'created',
    });
    expect(text.split('\n')).toEqual([
      'POST http://localhost:8000/a',
      '  > accept: */*',
      '  > content-type: application/json',
      '  > {"amount":5}',
      '  < status 201 in 12.35 ms',
      '  < content-type: text/plain',
      '  < created',
    ]);
  });

  it('says why there is no answer', () => {
    const text = traceOf({ status: 0, error: 'connection refused' });
    expect(text).toContain('  < no answer in 12.35 ms\n  < failed: connection refused');
  });

  it('shortens long bodies to a kilobyte and says how long they are', () => {
    const text = traceOf({ body: 'x'.repeat(5000) });
    expect(text).toContain(`${'x'.repeat(1024)}… (5000 characters)`);
    expect(text).not.toContain('x'.repeat(1025));
  });

  it('of a real exchange goes to the log with --debug', async () => {
    const host = await listen((_, response) => response.setHeader('x-answer', 'yes').end('{"token":"abc"}'));
    const Visitor = defineUser({
      tasks: { home: ({ http }) => http.post('/login', { json: { password: 'geheim' } }) },
    });
    const { logs } = await runShare({ Visitor }, { host, load: { iterationsPerUser: 1 }, settings: { debug: true } });
    expect(logs).toHaveLength(1);
    expect(logs[0]!.message).toContain(`POST ${host}/login`);
    expect(logs[0]!.message).toContain('< x-answer: yes');
    expect(logs[0]!.message).not.toMatch(/abc|geheim/);
  });
});

describe('secrets', () => {
  it.each<[string, Told]>([
    ['an authorization header', { requestHeaders: ['Authorization', 'Bearer geheim'] }],
    ['cookies', { requestHeaders: ['cookie', 'sid=geheim'], headers: { 'set-cookie': 'sid=geheim' } }],
    ['a key', { requestHeaders: ['X-API-Key', 'geheim'] }],
    ['the password of a URL', { url: 'http://user:geheim@localhost:8000/a' }],
    ['a token in a query', { url: 'http://localhost:8000/a?page=1&token=geheim' }],
    ['a token in a header’s address', { headers: { location: '/next?access_token=geheim&page=2' } }],
    ['a password in JSON', { requestBody: '{"user":"a","password":"geheim"}' }],
    [
      'a password in JSON with spaces, commas and quotes',
      { requestBody: '{"password": "in \\"geheim, geheim} geheim"}' },
    ],
    ['a password in a form', { requestBody: 'user=a&password=geheim' }],
    ['a password in a buffer', { requestBody: Buffer.from('password=geheim') }],
    ['tokens in an answer', { body: '{"access": "geheim", "refresh" : "geheim","accessToken":"geheim"}' }],
  ])('are hidden: %s', (_, told) => {
    const text = traceOf(told);
    expect(text).not.toContain('geheim');
    expect(text).toContain('***');
  });

  it('hide nothing else', () => {
    expect(traceOf({ requestBody: '{"user":"a","password":"geheim","amount":5}' })).toContain(
      '{"user":"a","password":"***","amount":5}',
    );
    expect(traceOf({ url: 'http://localhost:8000/a?token=geheim&page=1' })).toContain('?token=***&page=1');
    expect(traceOf({ url: 'http://user:geheim@localhost:8000/a' })).toContain('http://user:***@localhost:8000/a');
  });
});
