import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (file: string) => fileURLToPath(new URL(`./src/${file}`, import.meta.url));
const slow = 'test/**/*.slow.test.ts';

// fast: needs only Node. Files run one after another where threads and sockets are measured (e2e, accuracy).
export default defineConfig({
  resolve: { alias: { 'loadwright/node': source('node.ts'), loadwright: source('index.ts') } },
  test: {
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: [slow, 'test/architecture.test.ts'] } },
      { extends: true, test: { name: 'slow', include: [slow], testTimeout: 300_000 } },
      { extends: true, test: { name: 'architecture', include: ['test/architecture.test.ts'] } },
    ],
  },
});
