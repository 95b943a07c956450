import { defineTest, defineUser, processMonitor } from 'loadwright';
import { PRODUCTS_PATH } from '../../examples/stock/stock-api.js';
import { logIn } from '../../examples/stock/token.js';

/**
 * Reads the first page of the list again and again without a rest, and looks at nothing in it: work for the server, as
 * much as its processors can do, and hardly for anybody else.
 */
const Reader = defineUser({
  onStart: ({ http, random }) => logIn(http, `user${random.integer(0, 9_999)}`),
  tasks: {
    read: ({ http, state: { access } }) =>
      http.get(PRODUCTS_PATH, { name: '02_product_list', headers: { authorization: `Bearer ${access}` } }),
  },
});

export default defineTest({
  users: { Reader },
  monitors: [processMonitor({ port: Number(process.env.STOCK_PORT) })],
});
