import { defineTest, defineUser } from 'loadwright';

const Visitor = defineUser({
  tasks: {
    async get({ http }) {
      await http.get('/api/products/', { name: 'start' });
    },
  },
});

export default defineTest({
  users: { Visitor },
  load: { executor: 'constant-arrival-rate', rate: 10_000, duration: '13s', preAllocatedUsers: 200, maxUsers: 2000 },
});
