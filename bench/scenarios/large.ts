import { defineTest, defineUser } from 'loadwright';

const Reader = defineUser({
  tasks: {
    async get({ http }) {
      await http.get('/large', { name: 'large' });
    },
  },
});

export default defineTest({ users: { Reader } });
