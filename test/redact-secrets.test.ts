import { describe, expect, test } from 'vitest';
import { isSecretKey, redactPairs, redactSecrets } from '../src/redact-secrets.js';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyMSJ9.c2lnbmF0dXJl';

describe('secrets in a text', () => {
  test.each([
    ['connect ECONNREFUSED http://user:pa55@host:8000/x', 'connect ECONNREFUSED http://***@host:8000/x'],
    ['postgres://admin:hunter2@db/stock', 'postgres://***@db/stock'],
    ['Authorization: Bearer abc', 'Authorization: ***'],
    ['refused Bearer abcdefghijklmnopqrstuvwxyz', 'refused Bearer ***'],
    ['{"authorization": "Basic dTpw", "accept": "a"}', '{"authorization": "***", "accept": "a"}'],
    ['set-cookie: session=1; Path=/\nnext line', 'set-cookie: ***\nnext line'],
    [`401 for ${TOKEN}!`, '401 for ***!'],
    ['/api?token=abc&page=2', '/api?token=***&page=2'],
    ['/api?page=2&access_token=abc#top', '/api?page=2&access_token=***#top'],
    ['username=user1&password=pa55', 'username=user1&password=***'],
    ['sent {"password":"pa\\"55","name":"user1"}', 'sent {"password":"***","name":"user1"}'],
    ['got {"access" : "abc", "refresh":"def"}', 'got {"access" : "***", "refresh":"***"}'],
    ['cut {"client_secret":"abc', 'cut {"client_secret":"***"'],
  ])('%s', (text, expected) => {
    expect(redactSecrets(text)).toBe(expected);
    expect(redactSecrets(expected)).toBe(expected);
  });

  test.each([
    '01_jwt_auth',
    '/api/token/',
    'status 401: no valid token',
    'http://127.0.0.1:8000/api/products/?page=2',
    'Unexpected token < in JSON at position 0',
    'basic authentication failed',
    '인증 토큰이 없습니다',
    'expected a@b, got c@d',
    '',
  ])('are not found in %s', (text) => {
    expect(redactSecrets(text)).toBe(text);
  });
});

test('values whose names say that they are secret are hidden, and secrets in others', () => {
  expect(redactPairs({ API_KEY: '1', DB_PASSWORD: '', STRICT: '1', DATABASE: 'postgres://u:p@db/x' })).toEqual({
    API_KEY: '***',
    DB_PASSWORD: '***',
    STRICT: '1',
    DATABASE: 'postgres://***@db/x',
  });
  expect(['region', 'STRICT_STOCK', 'user'].filter(isSecretKey)).toEqual([]);
});

test('a long text takes no long time', () => {
  const hostile = [
    'a'.repeat(100_000),
    `http://${'a'.repeat(100_000)}`,
    '://'.repeat(30_000),
    'token='.repeat(20_000),
    '"password":"'.repeat(10_000),
    'eyJ'.repeat(30_000),
    'eyJabcdefgh-'.repeat(10_000),
    'authorization:'.repeat(10_000),
    'x-token-'.repeat(12_000),
  ];
  for (const text of hostile) {
    const beganAt = performance.now();
    redactSecrets(text);
    expect(performance.now() - beganAt, text.slice(0, 20)).toBeLessThan(500);
  }
});
