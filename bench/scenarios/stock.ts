import { constant, defineTest, defineUser } from 'loadwright';
import { StockUser } from '../../examples/stock/scenario.js';

/** The reference scenario's requests, one after the other. */
const Hurried = defineUser({ ...StockUser, waitTime: constant(0) });

export default defineTest({ users: { Hurried } });
