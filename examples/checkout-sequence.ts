// Steps in a fixed order, one of them a task set of its own: browse until something is found, then check and reserve.
//
//   npx loadwright demo --server-only --port 8000          (in a second terminal)
//   npx loadwright run examples/checkout-sequence.ts --host http://localhost:8000 -u 20 -r 10 -t 10s --headless
import { between, defineTest, defineUser, sequence, type UserContext } from 'loadwright';

interface Product {
  id: string;
  price: string;
}

interface Page<Row> {
  next: string | null;
  results: Row[];
}

interface State {
  page: number;
  seen: Product[];
  chosen: Product | undefined;
}

type Context = UserContext<State>;

async function logIn({ http, random }: UserContext): Promise<State> {
  const response = await http.post('/api/token/', {
    name: 'log in',
    json: { username: `user${random.integer(0, 9999)}`, password: 'password' },
    expect: 200,
    required: true,
  });
  http.setDefaults({ auth: { bearer: response.json<{ access: string }>().access } });
  return { page: 1, seen: [], chosen: undefined };
}

async function turnPage({ http, state }: Context): Promise<void> {
  const response = await http.get('/api/products/', {
    name: 'list',
    query: { page: state.page },
    expect: 200,
    required: true, // if it fails, this task ends here; the sequence goes on with its next step
  });
  const { next, results } = response.json<Page<Product>>();
  state.seen = results;
  state.page = next === null ? 1 : state.page + 1;
}

function choose({ state, random, interrupt }: Context): void {
  if (state.seen.length === 0) return;
  state.chosen = random.pick(state.seen);
  interrupt(); // out of the set, on to the next step
}

/** A set inside a sequence goes on choosing among its tasks until one of them calls `interrupt()`. */
const browse = { waitTime: between(0.05, 0.1), tasks: { turnPage: { weight: 2, run: turnPage }, choose } };

async function checkOut({ state, group }: Context): Promise<void> {
  const { chosen } = state;
  if (chosen === undefined) return;
  // A group times the two requests together; each is recorded by itself as well.
  await group('checkout', async ({ http, random, check }) => {
    const stock = await http.get('/api/products/stock/available/', {
      name: 'stock',
      query: { product_id: chosen.id },
      expect: 200,
    });
    check(chosen, { 'has a price': ({ price }) => Number(price) > 0 });
    if (!stock.ok) return;
    await http.post('/api/products/stock/reserve/', {
      name: 'reserve',
      json: { product_id: chosen.id, quantity: random.integer(1, 5) },
      expect: [201, 400], // 400: not enough stock, which is an answer and not a failure
    });
  });
}

const Buyer = defineUser({
  waitTime: between(0.1, 0.3),
  onStart: logIn,
  tasks: sequence<State>([browse, checkOut]), // all there is to do, so it begins again after the last step
});

export default defineTest({ users: { Buyer } });
