// Measures a client that is not HTTP: a small key-value client over TCP. Databases and queues work the same way.
//
//   node examples/custom-client/server.mjs 7070            (in a second terminal)
//   npx loadwright run examples/custom-client.ts --users 20 --spawn-rate 20 --run-time 10s --headless
//
// Another address: --env KEY_VALUE_ADDRESS=127.0.0.1:7071
import { between, defineTest, defineUser } from 'loadwright';
import { connectKeyValue } from './custom-client/key-value-client.js';

const KEYS = 100;

const KeyValueUser = defineUser({
  waitTime: between(0.05, 0.15),
  async onStart({ env, measure }) {
    const address = env.KEY_VALUE_ADDRESS ?? '127.0.0.1:7070';
    // A connection for each user, made here: a client at the top of the file would be shared by a whole worker thread.
    return { client: await measure({ name: 'connect', method: 'KV' }, () => connectKeyValue(address)) };
  },
  tasks: {
    write: {
      weight: 1,
      async run({ measure, random, state, iteration }) {
        const key = `key-${random.integer(1, KEYS)}`;
        await measure({ name: 'set', method: 'KV' }, () => state.client.set(key, `value-${iteration}`));
      },
    },
    read: {
      weight: 3,
      async run({ measure, random, state, check }) {
        const key = `key-${random.integer(1, KEYS)}`;
        const value = await measure({ name: 'get', method: 'KV' }, () => state.client.get(key));
        check(value, { 'a value, or none yet': (found) => found === undefined || found.startsWith('value-') });
      },
    },
  },
  // An operation may still be on the wire when the run stops. It is waited for, so the client must end politely.
  onStop: ({ state }) => state.client.close(),
});

export default defineTest({ users: { KeyValueUser } });
