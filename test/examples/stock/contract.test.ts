import { describe, expect, it } from 'vitest';
import { callStock, describeStockServers, logIn, readStats, reserve, UNKNOWN_ID } from '../../support/stock-target.js';

function decodePart(token: string, index: number): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString());
}

describeStockServers((session, start) => {
  describe('login', () => {
    it.each(['user0', 'user1', 'user42', 'user9999', 'admin'])(
      'answers %s with two signed tokens',
      async (username) => {
        const { access, refresh } = await logIn(session.target, username);
        for (const [type, issued] of Object.entries({ access, refresh })) {
          expect(decodePart(issued, 0)).toEqual({ alg: 'HS256', typ: 'JWT' });
          const claims = decodePart(issued, 1);
          expect(Object.keys(claims).sort()).toEqual(['exp', 'iat', 'jti', 'token_type', 'user_id']);
          expect(claims.token_type).toBe(type);
        }
        const { exp, iat } = decodePart(access, 1);
        expect(Number(exp) - Number(iat)).toBe(86_400);
      },
    );

    it.each([
      ['a wrong password', { username: 'user1', password: 'wrong' }],
      ['an unknown account', { username: 'user10000', password: 'password' }],
      ['an account with a leading zero', { username: 'user01', password: 'password' }],
    ])('refuses %s with 401', async (_, json) => {
      const answer = await callStock(session.target, '/api/token/', { json });
      expect(answer).toMatchObject({ status: 401, body: { detail: expect.any(String) } });
    });

    it.each([
      ['password', { username: 'user1' }],
      ['username', { password: 'password' }],
    ])('names a missing %s', async (field, json) => {
      const answer = await callStock(session.target, '/api/token/', { json });
      expect(answer).toMatchObject({ status: 400, body: { [field]: [expect.any(String)] } });
      expect(Object.keys(answer.body)).toEqual([field]);
    });

    it('refuses malformed JSON without quoting it', async () => {
      const answer = await callStock(session.target, '/api/token/', {
        text: '{"username":"user1","password":"secret"',
      });
      expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/^JSON parse error - /) } });
      expect(answer.body.detail).not.toContain('secret');
    });

    it('exchanges a refresh token, and no other, for a new access token', async () => {
      const { access, refresh } = await logIn(session.target, 'user1');
      const renewed = await callStock(session.target, '/api/token/refresh/', { json: { refresh } });
      expect(renewed.status).toBe(200);
      expect(Object.keys(renewed.body)).toEqual(['access']);
      expect((await callStock(session.target, '/api/products/', { token: renewed.body.access })).status).toBe(200);
      const refused = await callStock(session.target, '/api/token/refresh/', { json: { refresh: access } });
      expect(refused).toMatchObject({ status: 401, body: { detail: expect.any(String), code: 'token_not_valid' } });
      const missing = await callStock(session.target, '/api/token/refresh/', { json: {} });
      expect(missing).toMatchObject({ status: 400, body: { refresh: [expect.any(String)] } });
    });
  });

  describe('paths and methods', () => {
    it.each([
      ['GET', '/api/products', '/api/products/'],
      ['GET', '/api/products?page=2&name=a', '/api/products/?page=2&name=a'],
      ['POST', '/api/token', '/api/token/'],
      ['GET', `/api/products/${UNKNOWN_ID}`, `/api/products/${UNKNOWN_ID}/`],
    ])('%s %s moves to %s', async (method, path, location) => {
      const answer = await callStock(session.target, path, { method });
      expect(answer.status).toBe(301);
      const given = new URL(answer.headers.get('location') ?? '', session.target.url);
      expect(`${given.pathname}${given.search}`).toBe(location);
    });

    it.each(['/', '/api/', '/api/orders/', '/api/orders', '/api/products/a/b/'])('there is no %s', async (path) => {
      const answer = await callStock(session.target, path, { token: session.token });
      expect(answer).toMatchObject({ status: 404, body: { detail: expect.any(String) } });
    });

    it.each([
      ['GET', '/api/token/'],
      ['DELETE', '/api/products/'],
      ['GET', '/api/products/stock/reserve/'],
      ['PUT', '/api/products/stock/available/'],
    ])('%s %s is not allowed', async (method, path) => {
      const answer = await callStock(session.target, path, { method, token: session.token });
      expect(answer).toMatchObject({ status: 405, body: { detail: expect.any(String) } });
    });

    it('a body over 1 MB is too large', async () => {
      const answer = await reserve(session.target, session.token, {
        product_id: session.productId,
        quantity: 1,
        note: 'x'.repeat(1_100_000),
      });
      expect(answer.status).toBe(413);
    });
  });

  describe('its counts', () => {
    it('hold every answer once, by route, and not the asking for them', async () => {
      const counted = await start({ stock: 5 });
      try {
        expect(await readStats(counted)).toEqual({ total: 0, byEndpoint: [] });
        const { access } = await logIn(counted, 'user1');
        const id = (await callStock(counted, '/api/products/?page=1', { token: access })).body.results[0].id;
        await callStock(counted, '/api/products', { token: access });
        for (const path of [id, UNKNOWN_ID, id]) await callStock(counted, `/api/products/${path}/`, { token: access });
        await callStock(counted, '/api/products/');
        await reserve(counted, access, { product_id: id, quantity: 5 });
        await reserve(counted, access, { product_id: id, quantity: 5 });
        await readStats(counted);
        for (let n = 0; n < 20; n += 1) await callStock(counted, `/made-up/${n}`);
        const { total, byEndpoint } = await readStats(counted);
        const lines = byEndpoint.map((row) => `${row.method} ${row.route} ${row.status}: ${row.count}`).sort();
        expect(lines).toEqual([
          'GET (unknown) 404: 20',
          'GET /api/products/ 200: 1',
          'GET /api/products/ 301: 1',
          'GET /api/products/ 401: 1',
          'GET /api/products/:id/ 200: 2',
          'GET /api/products/:id/ 404: 1',
          'POST /api/products/stock/reserve/ 201: 1',
          'POST /api/products/stock/reserve/ 400: 1',
          'POST /api/token/ 200: 1',
        ]);
        expect(total).toBe(29);
      } finally {
        await counted.stop();
      }
    });
  });
});
