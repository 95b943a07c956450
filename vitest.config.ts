import { defineConfig } from 'vitest/config';

const slow = 'test/**/*.slow.test.ts';
/** Need programs besides Node.js: a browser, PostgreSQL, Redis. */
const services = 'test/**/*.services.test.ts';

// `loadwright` resolves to dist/, which every test command builds first. fast: needs only Node. Files run one after another where threads and sockets are measured (e2e, accuracy).
export default defineConfig({
  test: {
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: [slow, services, 'test/architecture.test.ts'] },
      },
      // Every test of the HTTP client again, over the other transport.
      {
        extends: true,
        test: {
          name: 'undici',
          include: ['test/runtime/user/http/**/*.test.ts'],
          exclude: [slow],
          env: { LOADWRIGHT_TEST_TRANSPORT: 'undici' },
        },
      },
      { extends: true, test: { name: 'services', include: [services], testTimeout: 60_000, hookTimeout: 120_000 } },
      { extends: true, test: { name: 'slow', include: [slow], testTimeout: 300_000 } },
      { extends: true, test: { name: 'architecture', include: ['test/architecture.test.ts'] } },
    ],
  },
});
