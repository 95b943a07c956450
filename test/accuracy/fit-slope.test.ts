import { describe, expect, it } from 'vitest';
import { fitSlope, fitSlopeBeside } from '../../bench/fit-slope.mjs';

/** What a heap does over an hour: `kept` bytes of each request, steps of compiled code, and noise. */
function readHeap(kept: number, step = 20_000): [number, number, number][] {
  let seed = 1;
  const noise = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647 - 0.5;
  };
  let code = 0;
  return Array.from({ length: 500 }, (_, at) => {
    if (at % 90 === 89) code += step;
    const requests = at * 10_000;
    return [requests, 13e6 + 2 * code + kept * requests + 3000 * noise(), code];
  });
}

describe('the slope beside another quantity', () => {
  it('is none of what that explains', () => {
    expect(fitSlope(readHeap(0).map(([x, y]) => [x, y])).slope).toBeGreaterThan(0.03);
    const { slope, half } = fitSlopeBeside(readHeap(0));
    expect(Math.abs(slope)).toBeLessThan(half);
    expect(half).toBeLessThan(0.001);
  });

  it('is all of what requests keep', () => {
    const { slope, half } = fitSlopeBeside(readHeap(0.02));
    expect(Math.abs(slope - 0.02)).toBeLessThan(2 * half);
    expect(half).toBeLessThan(0.001);
  });

  it('is the plain slope beside what never changes', () => {
    const points = readHeap(0.02, 0);
    const plain = fitSlope(points.map(([x, y]) => [x, y]));
    expect(fitSlopeBeside(points).slope).toBeCloseTo(plain.slope, 9);
    expect(fitSlopeBeside(points).half).toBeCloseTo(plain.half, 9);
  });
});
