import { describe, expect, it } from 'vitest';
import type { RequestOptions } from '../../../../src/runtime/user/http/http-types.js';
import { createHarness } from '../../../support/http-harness.js';

describe('an option that does not exist', () => {
  it('is refused by name before anything is sent, with the nearest one', async () => {
    const { http, begun } = createHarness({ host: 'http://127.0.0.1:9' });
    const misspelt = { exepct: 200 } as RequestOptions;
    await expect(http.get('/', misspelt)).rejects.toMatchObject({
      code: 'ERR_REQUEST_INVALID',
      message: 'A request has no option "exepct"; did you mean "expect"?',
    });
    expect(begun).toHaveLength(0);
  });
});

describe('a label that requests have by themselves', () => {
  it('is refused before anything is sent, and says what to write', async () => {
    const { http, begun } = createHarness({ host: 'http://127.0.0.1:9' });
    await expect(http.get('/', { labels: { page: 'cart', name: 'cart' } })).rejects.toMatchObject({
      code: 'ERR_REQUEST_INVALID',
      message: 'A request has the label "name" by itself, but the scenario gave it one of that name, "cart".',
      hint: "name: 'cart'",
    });
    await expect(http.get('/', { labels: { load: 'x' } })).rejects.toMatchObject({ hint: "labels: { my_load: 'x' }" });
    expect(begun).toHaveLength(0);
  });
});
