import { defineTest, defineUser } from 'loadwright';

const headers = { authorization: `Bearer ${'x'.repeat(193)}` };

interface Page {
  count: number;
}

const Scripted = defineUser({
  tasks: {
    async all({ http }) {
      for (const name of ['01_first', '02_second', '03_third']) {
        const response = await http.get('/api/products/', { name, headers, expect: 200 });
        if (response.json<Page>().count !== 200) throw new Error('wrong answer');
      }
    },
  },
});

export default defineTest({ users: { Scripted } });
