// The smallest scenario that does something: one kind of user, one task, one request.
//
//   npx loadwright demo --server-only --port 8000          (in a second terminal)
//   npx loadwright run examples/hello.ts --host http://localhost:8000 --users 5 --run-time 10s --headless
import { constant, defineTest, defineUser } from 'loadwright';

const Visitor = defineUser({
  waitTime: constant(0.2), // seconds between tasks
  tasks: {
    async logIn({ http }) {
      await http.post('/api/token/', { json: { username: 'user1', password: 'password' }, expect: 200 });
    },
  },
});

export default defineTest({ users: { Visitor } });
