import { defineTest, defineUser } from 'loadwright';

const Bare = defineUser({
  tasks: {
    async get({ http }) {
      await http.get('/api/products/', { name: 'bare' });
    },
  },
});

export default defineTest({ users: { Bare } });
