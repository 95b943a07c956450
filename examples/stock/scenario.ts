// The reference scenario: accounts log in with JWT, browse products, check availability, reserve stock.
// Start a system to test with `loadwright demo --server-only --port 8000`, or point --host at a real one.
import { between, counter, defineTest, defineUser, type HttpResponse, type UserContext } from 'loadwright';
import { catalogue, verifyStock } from './consistency.js';
import { criteria, profiles } from './profiles.js';
import { reserveUnits } from './reserve.js';
import { AVAILABILITY_PATH, nextPath, type Page, PRODUCTS_PATH, type Product, type StockRow } from './stock-api.js';
import { logIn, type Tokens, withToken } from './token.js';

interface Session {
  tokens: Tokens;
  productId?: string;
}

const ACCOUNTS = 10_000;
const LARGEST_QUANTITY = 100;
const SOLD_OUT = '재고 부족';

/** Answers about a product's stock. None left is an answer like any other. */
const availability = counter('availability', { by: ['outcome'], unit: 'answers' });

type Context = UserContext<Session>;

async function getProductPage({ http, state }: Context, path: string): Promise<Page<Product> | undefined> {
  const response = await withToken(http, state.tokens, (options) => http.get(path, options), {
    name: '02_product_list',
    expect: { status: [200], body: (page) => page.json<Page<Product>>().results.length > 0 || 'empty product list' },
  });
  return response.ok ? response.json<Page<Product>>() : undefined;
}

/** Reads the first page, one time in two the second as well, and keeps one product of what it saw last. */
async function productList(context: Context): Promise<void> {
  const { state, random } = context;
  let page = await getProductPage(context, PRODUCTS_PATH);
  const next = page && nextPath(page);
  if (next !== undefined && random() < 0.5) page = await getProductPage(context, next);
  if (page !== undefined) state.productId = random.pick(page.results).id;
}

/** A product to work with: the one kept, or one from the list. */
async function findProduct(context: Context): Promise<string | undefined> {
  if (context.state.productId === undefined) await productList(context);
  return context.state.productId;
}

async function stockAvailability(context: Context): Promise<void> {
  const { http, state, env, record } = context;
  const productId = await findProduct(context);
  if (productId === undefined) return;
  const isStrict = env.STRICT_STOCK === '1';
  const readRow = (answer: HttpResponse) => answer.json<Page<StockRow>>().results[0];
  const judge = (answer: HttpResponse) => {
    const row = readRow(answer);
    if (row === undefined) return 'no stock row';
    return !isStrict || row.available_stock > 0 || SOLD_OUT;
  };
  const response = await withToken(http, state.tokens, (options) => http.get(AVAILABILITY_PATH, options), {
    name: '03_stock_availability',
    query: { product_id: productId },
    expect: { status: [200], body: judge },
  });
  const isAnswered = response.ok || response.error === SOLD_OUT;
  if (isAnswered)
    record(availability, 1, { outcome: readRow(response)!.available_stock > 0 ? 'in_stock' : 'sold_out' });
}

async function stockReservation(context: Context): Promise<void> {
  const product = await findProduct(context);
  if (product === undefined) return;
  await reserveUnits(context, { product, quantity: context.random.integer(1, LARGEST_QUANTITY) });
}

async function completeWorkflow(context: Context): Promise<void> {
  await productList(context);
  await stockAvailability(context);
  await stockReservation(context);
}

async function start({ http, random }: UserContext): Promise<Session> {
  return { tokens: await logIn(http, `user${random.integer(0, ACCOUNTS - 1)}`) };
}

const tasks = {
  productList: { weight: 3, run: productList },
  stockAvailability: { weight: 2, run: stockAvailability },
  stockReservation: { weight: 1, run: stockReservation },
  completeWorkflow: { weight: 1, run: completeWorkflow },
};

export const StockUser = defineUser({
  waitTime: between(1, 3),
  onStart: start,
  tasks,
});

/** Hardly waits, and asks and reserves more than it browses. Weight 0: it runs when it is picked by name. */
export const HighVolumeStockUser = defineUser({
  weight: 0,
  waitTime: between(0.1, 1),
  onStart: start,
  tasks: {
    ...tasks,
    rapidAvailability: { weight: 5, run: stockAvailability },
    rapidReservation: { weight: 3, run: stockReservation },
  },
});

export default defineTest({
  users: { StockUser, HighVolumeStockUser },
  load: { users: 100, spawnRate: 10, runTime: '5m' },
  profiles,
  thresholds: criteria,
  setup: { catalogue },
  verify: verifyStock,
});
