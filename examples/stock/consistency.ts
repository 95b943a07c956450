// Whether the stock adds up: what users were told they have must have left the stock, and nothing else.
import { defineSetup, readMetric, type SetupContext, type Verify } from 'loadwright';
import { type Outcome, reservedUnits } from './reserve.js';
import { AVAILABILITY_PATH, nextPath, type Page, PRODUCTS_PATH, type Product, type StockRow } from './stock-api.js';
import { logIn, withToken } from './token.js';

/** One product's stock at one time. */
interface ProductStock extends Product {
  /** The row that keeps it: another one is another stock. */
  rowId: string;
  units: number;
}

/** Every product's stock before the run. */
export const catalogue = defineSetup(takeStock);

/**
 * For each product: told ≤ before − after ≤ told + unknown, and nothing below 0. That holds at any time after the run,
 * however it ended, as long as nobody else changes the stock. Where it cannot be known it is not called consistent.
 */
export const verifyStock: Verify<{ catalogue: typeof catalogue }> = async (result, { catalogue: before }, context) => {
  const cannot = (why: string) => [`Cannot verify the stock: ${why}.`];
  if (result.lostWorkers.length > 0) return cannot('a worker was lost, and with it what its users had been told');
  let after: ProductStock[];
  try {
    after = await takeStock(context);
  } catch (error) {
    return cannot(`reading it after the run failed (${error instanceof Error ? error.message : String(error)})`);
  }
  const change = findOtherData(before, after);
  if (change !== undefined) return cannot(change);
  const unitsLeft = new Map(after.map(({ id, units }) => [id, units]));
  const failures = before.flatMap((product) => {
    const count = (outcome: Outcome) => readMetric(result, reservedUnits, { product: product.id, outcome });
    const left = unitsLeft.get(product.id)!;
    return judgeProduct(product, left, { told: count('told'), unknown: count('unknown') });
  });
  if (failures.length === 0) context.log(`the stock of ${before.length} products adds up, ${sumTaken(before, after)}`);
  return failures;
};

async function takeStock({ http }: SetupContext): Promise<ProductStock[]> {
  const tokens = await logIn(http, 'user0');
  const read = async <Row>(path: string, name: string, productId?: string): Promise<Page<Row>> => {
    const response = await withToken(http, tokens, (options) => http.get(path, options), {
      name,
      query: { product_id: productId },
      expect: { status: [200], body: (page) => Array.isArray(page.json<Page<Row>>().results) || 'not a page' },
      required: true,
    });
    return response.json<Page<Row>>();
  };
  const products = new Map<string, Product>();
  let count = 0;
  for (let path: string | undefined = PRODUCTS_PATH; path !== undefined; ) {
    const page: Page<Product> = await read<Product>(path, 'every product');
    for (const product of page.results) products.set(product.id, product);
    ({ count } = page);
    path = nextPath(page);
  }
  if (products.size !== count) throw new Error(`the pages of ${count} products hold ${products.size}`);
  // All at once: the client has as many on the wire as `connectionsPerUser` says.
  return Promise.all(
    Array.from(products.values(), async ({ id, name }) => {
      const [row] = (await read<StockRow>(AVAILABILITY_PATH, "every product's stock", id)).results;
      if (!Number.isInteger(row?.available_stock)) throw new Error(`${name} has no stock`);
      return { id, name, rowId: row!.id, units: row!.available_stock };
    }),
  );
}

/** How one can tell that this is not the stock that the run began with; undefined if it is. */
function findOtherData(before: readonly ProductStock[], after: readonly ProductStock[]): string | undefined {
  const now = new Map(after.map((product) => [product.id, product]));
  if (after.length !== before.length) {
    return `there were ${before.length} products before the run and there are ${after.length} now`;
  }
  const gone = before.filter(({ id }) => !now.has(id));
  if (gone.length > 0) return `${nameSome(gone)} can no longer be found, so the target has lost its data`;
  const replaced = before.filter(({ id, rowId }) => now.get(id)!.rowId !== rowId);
  if (replaced.length > 0) return `the stock of ${nameSome(replaced)} is another one, so the target has lost its data`;
  const grown = before.filter(({ id, units }) => now.get(id)!.units > units);
  if (grown.length === 0) return undefined;
  const [first] = grown as [ProductStock];
  const rise = `${first.name} from ${format(first.units)} to ${format(now.get(first.id)!.units)}`;
  return `there is more of ${nameSome(grown)} than before the run (${rise}), and no user puts anything back`;
}

function judgeProduct(
  { name, units }: ProductStock,
  left: number,
  { told, unknown }: { told: number; unknown: number },
): string[] {
  const taken = units - left;
  const levels = `${format(units)} before, ${format(left)} after`;
  const failures: string[] = [];
  if (left < 0) failures.push(`${name}: sold more than there was, ${format(left)} left (${levels}).`);
  if (taken < told) {
    const gap = `(${levels}): told minus stored is ${format(told - taken)}`;
    failures.push(
      told > units
        ? `${name}: oversold, users were told of ${format(told)} where there were ${format(units)} ${gap}.`
        : `${name}: ${format(told)} reserved by what users were told, but ${format(taken)} taken ${gap}.`,
    );
  }
  if (taken > told + unknown) {
    const most = unknown === 0 ? '' : ` and ${format(unknown)} without an answer`;
    failures.push(`${name}: ${format(taken)} taken (${levels}), but users were told of ${format(told)}${most}.`);
  }
  return failures;
}

function sumTaken(before: readonly ProductStock[], after: readonly ProductStock[]): string {
  const sum = (products: readonly ProductStock[]) => products.reduce((total, { units }) => total + units, 0);
  return `${format(sum(before) - sum(after))} units were taken`;
}

function nameSome(products: readonly ProductStock[]): string {
  const names = products.slice(0, 3).map(({ name }) => name);
  const rest = products.length - names.length;
  return rest === 0 ? names.join(', ') : `${names.join(', ')} and ${rest} more`;
}

function format(units: number): string {
  return units.toLocaleString('en-US');
}
