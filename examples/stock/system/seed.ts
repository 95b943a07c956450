import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { ADMIN_USER_ID, FIRST_PLAIN_USER_ID, PASSWORD } from '../server/accounts.js';
import { createProduct, PRODUCT_COUNT } from '../server/catalogue.js';
import { MIN_STOCK_LEVEL, REORDER_POINT, WAREHOUSE_CODE } from '../server/reservations.js';
import { hashPassword } from './password-hash.js';
import { createSchema, SCHEMA } from './schema.js';

export const ACCOUNT_COUNT = 10_000;

export interface SeedOptions {
  /** Units of each product. */
  readonly stock: number;
  readonly passwordCost: number;
}

/** Makes the tables and fills them: all of it or nothing, and one process at a time. */
export async function seed(client: pg.Client, { stock, passwordCost }: SeedOptions): Promise<void> {
  await client.query('BEGIN');
  await createSchema(client);
  await client.query(`INSERT INTO ${SCHEMA}.settings VALUES ('seed_id', $1), ('token_key', $2), ('stock', $3)`, [
    randomUUID(),
    randomBytes(32).toString('hex'),
    stock,
  ]);
  await insertAccounts(client, passwordCost);
  await insertProducts(client);
  await client.query(
    `INSERT INTO ${SCHEMA}.stock_levels (product_id, physical_stock, min_stock_level, reorder_point, warehouse_code)
     SELECT id, $1, $2, $3, $4 FROM ${SCHEMA}.products`,
    [stock, MIN_STOCK_LEVEL, REORDER_POINT, WAREHOUSE_CODE],
  );
  await client.query('COMMIT');
  await client.query(`ANALYZE ${SCHEMA}.accounts, ${SCHEMA}.products, ${SCHEMA}.stock_levels`);
}

/**
 * All accounts share a password, and here also its salt and hash: hashing it 10,000 times would take minutes at a cost
 * worth measuring, and checking it costs a login the same either way.
 */
async function insertAccounts(client: pg.Client, passwordCost: number): Promise<void> {
  await client.query(
    `INSERT INTO ${SCHEMA}.accounts (id, username, password_hash)
     SELECT $1::int, 'admin', $4::text UNION ALL
     SELECT $2::int + n, 'user' || n, $4 FROM generate_series(0, $3::int - 1) AS n`,
    [ADMIN_USER_ID, FIRST_PLAIN_USER_ID, ACCOUNT_COUNT, await hashPassword(PASSWORD, passwordCost)],
  );
}

async function insertProducts(client: pg.Client): Promise<void> {
  const products = Array.from({ length: PRODUCT_COUNT }, (_, index) => ({
    ...createProduct(index + 1),
    number: index + 1,
  }));
  await client.query(
    `INSERT INTO ${SCHEMA}.products
     SELECT id, number, name, description, price, status, created_at, updated_at
     FROM json_populate_recordset(NULL::${SCHEMA}.products, $1)`,
    [JSON.stringify(products)],
  );
}
