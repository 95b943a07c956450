import { constant, defineTest, defineUser } from 'loadwright';

/** Ten requests a second of a thousand users. */
const Waiting = defineUser({
  waitTime: constant(10),
  tasks: {
    async get({ http }) {
      await http.get('/api/products/', { name: 'waiting' });
    },
  },
});

export default defineTest({ users: { Waiting } });
