import { defineTest, defineUser } from 'loadwright';

const json = { note: 'x'.repeat(1010) };

const Poster = defineUser({
  tasks: {
    async post({ http }) {
      await http.post('/api/products/', { name: 'post', json });
    },
  },
});

export default defineTest({ users: { Poster } });
