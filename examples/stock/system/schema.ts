import type pg from 'pg';

/** Everything is in a schema of its own: whatever else the database holds is left alone. */
export const SCHEMA = 'loadwright_stock';

const TABLES = `
CREATE SCHEMA ${SCHEMA};
CREATE TABLE ${SCHEMA}.settings (
  name text PRIMARY KEY,
  value text NOT NULL
);
CREATE TABLE ${SCHEMA}.accounts (
  id integer PRIMARY KEY,
  username text NOT NULL UNIQUE,
  password_hash text NOT NULL
);
CREATE TABLE ${SCHEMA}.products (
  id uuid PRIMARY KEY,
  number integer NOT NULL UNIQUE,
  name text NOT NULL,
  description text NOT NULL,
  price numeric(12, 2) NOT NULL,
  status text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
-- No constraint keeps the stock above zero: that is for the locking, so that one can see what happens without it.
CREATE TABLE ${SCHEMA}.stock_levels (
  product_id uuid PRIMARY KEY REFERENCES ${SCHEMA}.products,
  id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  physical_stock integer NOT NULL,
  reserved_stock integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  min_stock_level integer NOT NULL,
  reorder_point integer NOT NULL,
  warehouse_code text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 20);
CREATE TABLE ${SCHEMA}.reservations (
  id uuid PRIMARY KEY,
  product_id uuid NOT NULL,
  account_id integer NOT NULL,
  quantity integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);`;

export async function hasSchema(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query('SELECT to_regclass($1) IS NOT NULL AS is_there', [`${SCHEMA}.settings`]);
  return rows[0].is_there;
}

/** Makes the empty tables, in place of those that are there. */
export async function createSchema(client: pg.Client): Promise<void> {
  await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
  await client.query(TABLES);
}
