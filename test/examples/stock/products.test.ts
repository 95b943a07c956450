import { describe, expect, it } from 'vitest';
import { callStock, describeStockServers, UNKNOWN_ID, UUID } from '../../support/stock-target.js';

describeStockServers((session, _start) => {
  describe('products', () => {
    it('come in pages of 100 with absolute links', async () => {
      const first = await callStock(session.target, '/api/products/', { token: session.token });
      const second = await callStock(session.target, '/api/products/?page=2', { token: session.token });
      const ownLink = `${session.target.url}/api/products/`;
      expect(first.headers.get('content-type')).toBe('application/json');
      expect(first).toMatchObject({ status: 200, body: { count: 200, next: `${ownLink}?page=2`, previous: null } });
      expect(second).toMatchObject({ status: 200, body: { count: 200, next: null, previous: ownLink } });
      const rows = [...first.body.results, ...second.body.results];
      expect(new Set(rows.map((row) => row.id)).size).toBe(200);
      expect(rows[16]).toEqual({
        id: expect.stringMatching(UUID),
        name: '상품 17',
        description: expect.any(String),
        price: expect.stringMatching(/^\d+\.\d\d$/),
        status: expect.any(String),
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      });
    });

    it('have links to the host that was asked', async () => {
      const asLocalhost = { ...session.target, url: session.target.url.replace('127.0.0.1', 'localhost') };
      const { next } = (await callStock(asLocalhost, '/api/products/', { token: session.token })).body;
      expect(next).toBe(`${asLocalhost.url}/api/products/?page=2`);
      expect((await callStock(session.target, '/api/products/', { token: session.token })).body.next).toBe(
        `${session.target.url}/api/products/?page=2`,
      );
    });

    it.each(['3', '0', '-1', 'x', '1.5'])('have no page %s', async (page) => {
      const answer = await callStock(session.target, `/api/products/?page=${page}`, { token: session.token });
      expect(answer).toMatchObject({ status: 404, body: { detail: expect.any(String) } });
    });

    type Row = { name: string; status: string; price: string };
    const filters: readonly [string, (row: Row) => boolean][] = [
      [`name=${encodeURIComponent('상품 17')}`, (row) => row.name.includes('상품 17')],
      ['status=inactive', (row) => row.status === 'inactive'],
      ['status=active&price_lte=1500', (row) => row.status === 'active' && Number(row.price) <= 1500],
      ['price_gte=1200&price_lte=1400.50', (row) => Number(row.price) >= 1200 && Number(row.price) <= 1400.5],
    ];
    it.each(filters)('filtered by %s are the right ones', async (query, isWanted) => {
      const all: Row[] = [];
      for (const page of [1, 2])
        all.push(
          ...(await callStock(session.target, `/api/products/?page=${page}`, { token: session.token })).body.results,
        );
      const wanted = all.filter(isWanted);
      expect(wanted.length).toBeGreaterThan(0);
      expect(wanted.length).toBeLessThanOrEqual(100);
      const { body } = await callStock(session.target, `/api/products/?${query}`, { token: session.token });
      expect(body).toEqual({ count: wanted.length, next: null, previous: null, results: wanted });
    });

    it('keep their filter in the links, and may be none at all', async () => {
      const { body } = await callStock(session.target, '/api/products/?price_gte=0', { token: session.token });
      expect(body.count).toBe(200);
      const next = await callStock(session.target, body.next, { token: session.token });
      expect(new URL(body.next).searchParams.get('price_gte')).toBe('0');
      expect(next.body.results).toHaveLength(100);
      const none = await callStock(session.target, '/api/products/?status=sold', { token: session.token });
      expect(none.body).toEqual({ count: 0, next: null, previous: null, results: [] });
      expect((await callStock(session.target, '/api/products/?price_gte=x', { token: session.token })).status).toBe(
        400,
      );
    });

    it('are found one by one', async () => {
      const found = await callStock(session.target, `/api/products/${session.productId}/`, { token: session.token });
      expect(found).toMatchObject({ status: 200, body: { id: session.productId, name: '상품 17' } });
      for (const id of [UNKNOWN_ID, 'nonsense']) {
        const missing = await callStock(session.target, `/api/products/${id}/`, { token: session.token });
        expect(missing).toMatchObject({ status: 404, body: { detail: expect.any(String) } });
      }
    });
  });
});
