import { constant, defineTest, defineUser } from 'loadwright';

const Visitor = defineUser({
  waitTime: constant(0.1),
  tasks: {
    async home({ http }) {
      await http.get('/__stats', { name: 'stats', expect: 200 });
    },
  },
});

export default defineTest({ users: { Visitor } });
