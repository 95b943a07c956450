import { describe, expect, it } from 'vitest';
import { roomyYoungGenerationMb } from '../../../src/runtime/conductor/worker-pool.js';

const GIB = 2 ** 30;

describe("the young generation of a worker's heap", () => {
  it.each([
    ['a small container', 0.5, 1, 48],
    ['1 GiB, one core', 1, 1, 96],
    ['4 GiB, two cores', 4, 2, 192],
    ['8 GiB, sixteen cores', 8, 16, 48],
    ['16 GiB, eight cores', 16, 8, 192],
    ['64 GiB, four cores', 64, 4, 192],
  ])('of %s', (_machine, gib, cores, mb) => {
    expect(roomyYoungGenerationMb(gib * GIB, cores)).toBe(mb);
  });

  it('has three equal parts that are powers of two, and no more than an eighth of the memory unless that is tiny', () => {
    for (let memory = GIB / 4; memory < 200 * GIB; memory *= 1.3) {
      for (const cores of [1, 2, 3, 6, 12, 64]) {
        const mb = roomyYoungGenerationMb(memory, cores);
        expect(Number.isInteger(Math.log2(mb / 3)), `${mb}`).toBe(true);
        expect(mb).toBeLessThanOrEqual(Math.max(48, memory / 8 / cores / 2 ** 20));
      }
    }
  });
});
