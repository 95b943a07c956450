// Logs in once for each user and keeps what it learns: what onStart returns is the user's own state, typed in its tasks.
//
//   npx loadwright demo --server-only --port 8000          (in a second terminal)
//   npx loadwright run examples/login-with-state.ts --host http://localhost:8000 -u 20 -r 10 -t 10s --headless
import { between, defineTest, defineUser } from 'loadwright';

interface Token {
  access: string;
}

interface Product {
  id: string;
  name: string;
  price: string;
}

interface State {
  username: string;
  /** Filled by the first list this user reads. */
  products: Product[];
  /** How many single products it has looked at. */
  views: number;
}

const Customer = defineUser({
  waitTime: between(0.1, 0.4),

  // Written before `tasks`, so that the type of `state` is known there.
  async onStart({ http, id }): Promise<State> {
    const username = `user${id}`; // ids count from 0 over the whole run, with any number of workers
    const response = await http.post('/api/token/', {
      name: 'log in',
      json: { username, password: 'password' },
      expect: 200,
      required: true, // without a token there is nothing to do: the user ends here
    });
    http.setDefaults({ auth: { bearer: response.json<Token>().access } });
    return { username, products: [], views: 0 };
  },

  tasks: {
    async list({ http, state }) {
      const response = await http.get('/api/products/', { name: 'list', expect: 200 });
      if (response.ok) state.products = response.json<{ results: Product[] }>().results;
    },
    view: {
      weight: 4,
      async run({ http, state, random }) {
        if (state.products.length === 0) return;
        const { id, name } = random.pick(state.products);
        await http.get(['/api/products/:id/', { id }], {
          expect: { status: 200, body: (response) => response.json<Product>().name === name || 'another product' },
        });
        state.views++;
      },
    },
  },

  onStop({ state, log }) {
    log(`${state.username} looked at ${state.views} products`);
  },
});

export default defineTest({ users: { Customer } });
