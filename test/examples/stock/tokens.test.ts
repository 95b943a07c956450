import { describe, expect, it } from 'vitest';
import { callStock, describeStockServers, logIn, UNKNOWN_ID } from '../../support/stock-target.js';

function encodePart(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describeStockServers((session, start) => {
  describe('tokens', () => {
    const guarded = [
      ['GET', '/api/products/'],
      ['GET', `/api/products/${UNKNOWN_ID}/`],
      ['GET', '/api/products/stock/available/'],
      ['POST', '/api/products/stock/reserve/'],
      ['POST', '/api/products/stock/inbound/'],
    ] as const;

    it.each(guarded)('%s %s asks for one', async (method, path) => {
      const answer = await callStock(session.target, path, { method });
      expect(answer).toMatchObject({ status: 401, body: { detail: expect.any(String) } });
      expect(answer.body).not.toHaveProperty('code');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="api"');
    });

    const expectRefusal = async (forged: string, on = session.target) => {
      const answer = await callStock(on, '/api/products/', { token: forged });
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual({
        detail: expect.any(String),
        code: 'token_not_valid',
        messages: [{ token_class: 'AccessToken', token_type: 'access', message: expect.any(String) }],
      });
    };
    const forgeries: readonly [string, (parts: readonly string[]) => string][] = [
      ['that is no token', () => 'nonsense'],
      ['without a signature', ([header, payload]) => `${header}.${payload}.`],
      ['of two parts', ([header, payload]) => `${header}.${payload}`],
      ['of four parts', (parts) => `${parts.join('.')}.x`],
      ['with a changed signature', ([h, p, s = '']) => `${h}.${p}.${s.startsWith('A') ? 'B' : 'A'}${s.slice(1)}`],
      [
        'whose last letter differs in spare bits only',
        ([header, payload, signature = '']) => {
          const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
          const last = alphabet[alphabet.indexOf(signature.at(-1) ?? '') ^ 1];
          return `${header}.${payload}.${signature.slice(0, -1)}${last}`;
        },
      ],
      [
        'made out to somebody else',
        ([header, payload = '', signature]) => {
          const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
          return `${header}.${encodePart({ ...claims, user_id: 1 })}.${signature}`;
        },
      ],
      ['with alg "none" and no signature', ([, payload]) => `${encodePart({ alg: 'none', typ: 'JWT' })}.${payload}.`],
      ['with alg "none" and the old signature', ([, p, s]) => `${encodePart({ alg: 'none', typ: 'JWT' })}.${p}.${s}`],
      ['with another alg', ([, p, s]) => `${encodePart({ alg: 'HS512', typ: 'JWT' })}.${p}.${s}`],
    ];
    it.each(forgeries)('refuses one %s', async (_, forge) => {
      await expectRefusal(forge(session.token.split('.')));
    });

    it('refuses a refresh token', async () => {
      await expectRefusal((await logIn(session.target, 'user1')).refresh);
    });

    it('refuses one that another server signed, and one that has expired', async () => {
      const shortLived = await start({ tokenLifetimeSeconds: 0 });
      try {
        await expectRefusal(session.token, shortLived);
        const { access, refresh } = await logIn(shortLived, 'user1');
        await expectRefusal(access, shortLived);
        expect((await callStock(shortLived, '/api/token/refresh/', { json: { refresh } })).status).toBe(200);
      } finally {
        await shortLived.stop();
      }
    });
  });
});
