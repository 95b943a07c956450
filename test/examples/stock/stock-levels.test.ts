import { describe, expect, it } from 'vitest';
import { callStock, describeStockServers, logIn, reserve, UNKNOWN_ID, UUID } from '../../support/stock-target.js';

describeStockServers((session, start) => {
  const readRow = async (id: string, on = session.target, by = session.token) =>
    (await callStock(on, `/api/products/stock/available/?product_id=${id}`, { token: by })).body.results[0];

  describe('stock', () => {
    it('shows one row a product', async () => {
      const answer = await callStock(session.target, `/api/products/stock/available/?product_id=${session.productId}`, {
        token: session.token,
      });
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ count: 1, next: null, previous: null });
      expect(answer.body.results).toHaveLength(1);
      const [row] = answer.body.results;
      expect(row).toEqual({
        id: expect.stringMatching(UUID),
        physical_stock: 1_000_000,
        reserved_stock: expect.any(Number),
        available_stock: 1_000_000 - row.reserved_stock,
        min_stock_level: 100,
        reorder_point: 500,
        warehouse_code: 'WH001',
        updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      });
    });

    it('of an unknown product is an empty page, of a malformed id a refusal', async () => {
      const unknown = await callStock(session.target, `/api/products/stock/available/?product_id=${UNKNOWN_ID}`, {
        token: session.token,
      });
      expect(unknown).toMatchObject({ status: 200, body: { count: 0, next: null, previous: null, results: [] } });
      const malformed = await callStock(session.target, '/api/products/stock/available/?product_id=17', {
        token: session.token,
      });
      expect(malformed).toMatchObject({ status: 400, body: { product_id: [expect.any(String)] } });
    });

    it('is reserved, and shows it', async () => {
      const before = await readRow(session.productId);
      const answer = await reserve(session.target, session.token, { product_id: session.productId, quantity: 7 });
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual({ success: true, reservation: null, error_message: '', error_code: '' });
      const after = await readRow(session.productId);
      expect(after.reserved_stock).toBe(before.reserved_stock + 7);
      expect(after.available_stock).toBe(before.available_stock - 7);
      expect(after.physical_stock).toBe(before.physical_stock);
    });

    it('is refused as an array of one message when there is not enough', async () => {
      const { available_stock: available } = await readRow(session.productId);
      const answer = await reserve(session.target, session.token, {
        product_id: session.productId,
        quantity: available + 1,
      });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual([expect.stringContaining(String(available))]);
      expect(answer.body[0]).toContain(String(available + 1));
      expect((await readRow(session.productId)).available_stock).toBe(available);
    });

    it.each([
      ['a quantity of 0', { quantity: 0 }, 'quantity'],
      ['a negative quantity', { quantity: -5 }, 'quantity'],
      ['a fraction', { quantity: 1.5 }, 'quantity'],
      ['a word', { quantity: 'many' }, 'quantity'],
      ['true', { quantity: true }, 'quantity'],
      ['null', { quantity: null }, 'quantity'],
      ['an unknown product', { product_id: UNKNOWN_ID }, 'product_id'],
      ['a malformed product', { product_id: '17' }, 'product_id'],
    ])('is not reserved for %s', async (_, change, field) => {
      const answer = await reserve(session.target, session.token, {
        product_id: session.productId,
        quantity: 1,
        ...change,
      });
      expect(answer).toMatchObject({ status: 400, body: { [field]: [expect.any(String)] } });
      expect(Object.keys(answer.body)).toEqual([field]);
    });

    it('names every missing field of a reservation', async () => {
      const answer = await reserve(session.target, session.token, {});
      expect(answer.status).toBe(400);
      expect(Object.keys(answer.body).sort()).toEqual(['product_id', 'quantity']);
    });

    it('comes in through the admin alone', async () => {
      const { results } = (await callStock(session.target, '/api/products/?page=2', { token: session.token })).body;
      const json = { product_id: results[0].id, quantity: 25, reason: '입고', warehouse_code: 'WH001' };
      const inbound = (by: string) => callStock(session.target, '/api/products/stock/inbound/', { token: by, json });
      expect(await inbound(session.token)).toMatchObject({ status: 403, body: { detail: expect.any(String) } });
      expect(await readRow(results[0].id)).toMatchObject({ physical_stock: 1_000_000 });
      const accepted = await inbound(session.adminToken);
      expect(accepted.status).toBe(201);
      expect(accepted.body).toEqual(json);
      expect(await readRow(results[0].id)).toMatchObject({ physical_stock: 1_000_025, available_stock: 1_000_025 });
    });

    it('is never oversold when 500 reserve the last units at once', async () => {
      const small = await start({ stock: 120 });
      try {
        const { access } = await logIn(small, 'user1');
        const id = (await callStock(small, '/api/products/', { token: access })).body.results[0].id;
        const quantity = 7;
        const tries = Array.from({ length: 500 }, () => reserve(small, access, { product_id: id, quantity }));
        const answers = await Promise.all(tries);
        const told = answers.filter((answer) => answer.status === 201);
        const refused = answers.filter((answer) => answer.status === 400);
        expect(told).toHaveLength(17);
        expect(refused).toHaveLength(483);
        for (const { body } of refused) expect(body).toEqual([expect.stringMatching(/\b1\b.*\b7\b/)]);
        expect(await readRow(id, small, access)).toMatchObject({ available_stock: 1, reserved_stock: 119 });
      } finally {
        await small.stop();
      }
    });
  });
});
