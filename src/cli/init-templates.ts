const SCENARIO = `import { between, defineTest, defineUser } from 'loadwright';

interface Token {
  access: string;
}

interface Page<Row> {
  count: number;
  results: Row[];
}

interface Product {
  id: string;
  name: string;
  price: string;
}

const Shopper = defineUser({
  // Seconds between tasks.
  waitTime: between(1, 3),

  // Runs once for each user; what it returns is the user's state.
  async onStart({ http, random }) {
    const response = await http.post('/api/token/', {
      name: 'login',
      json: { username: \`user\${random.integer(0, 9999)}\`, password: 'password' },
      expect: 200,
      required: true,
    });
    http.setDefaults({ headers: { authorization: \`Bearer \${response.json<Token>().access}\` } });
    return { productId: undefined as string | undefined };
  },

  tasks: {
    productList: {
      weight: 3,
      async run({ http, random, state }) {
        const response = await http.get('/api/products/', {
          name: 'product list',
          expect: { status: 200, body: (answer) => answer.json<Page<Product>>().results.length > 0 || 'no products' },
        });
        if (response.ok) state.productId = random.pick(response.json<Page<Product>>().results).id;
      },
    },
    async product({ http, state }) {
      if (state.productId === undefined) return;
      await http.get(\`/api/products/\${state.productId}/\`, { name: 'product', expect: 200 });
    },
  },
});

export default defineTest({
  users: { Shopper },
  load: { users: 20, spawnRate: 5, runTime: '30s' },
});
`;

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2023'],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  },
  include: ['*.ts'],
};

/** The files of a starter project, by path. */
export function createStarterFiles({ name, version }: { name: string; version: string }): Record<string, string> {
  return {
    'package.json': toJson({
      name,
      version: '0.0.0',
      private: true,
      type: 'module',
      scripts: {
        server: 'loadwright demo --server-only --port 8000',
        load: 'loadwright run scenario.ts --host http://localhost:8000 --headless',
        check: 'tsc',
      },
      devDependencies: {
        '@types/node': '^20.19.0',
        loadwright: `^${version}`,
        typescript: '^7.0.0',
      },
    }),
    'tsconfig.json': toJson(TSCONFIG),
    'scenario.ts': SCENARIO,
    'README.md': createReadme(name),
    '.gitignore': 'node_modules/\nresults/\n',
  };
}

function toJson(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function createReadme(name: string): string {
  return [
    `# ${name}`,
    '',
    'A load test. `scenario.ts` says what its users do, how many there are and for how long.',
    '',
    '```sh',
    'npm install',
    'npm run server   # in a second terminal: a stock system to try the scenario on',
    'npm run load',
    'npm run check    # types',
    '```',
    '',
    'Flags override what the scenario says:',
    '',
    '```sh',
    'npx loadwright run scenario.ts --host http://localhost:8000 --headless \\',
    '  --users 100 --spawn-rate 10 --run-time 5m --csv results/load',
    '```',
    '',
    '`npx loadwright inspect scenario.ts` shows what would run, `npx loadwright options scenario.ts` which options',
    'hold and where each came from, and `npx loadwright run --help` lists the flags.',
    '',
  ].join('\n');
}
