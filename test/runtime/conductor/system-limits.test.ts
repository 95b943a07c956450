import { describe, expect, it } from 'vitest';
import { parseOpenFiles, parsePorts, readSystemLimits } from '../../../src/runtime/conductor/system-limits.js';

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max open files            1024                 20000                files
Max locked memory         67108864             67108864             bytes
`;

describe('open files', () => {
  it('are limited by what is in force now', () => {
    expect(parseOpenFiles(LIMITS)).toBe(1024);
  });

  it('are not known where there is no limit, or no such file', () => {
    expect(parseOpenFiles(LIMITS.replace('1024 ', 'unlimited'))).toBeUndefined();
    expect(parseOpenFiles('')).toBeUndefined();
  });
});

describe('ports', () => {
  it.each<[string, string, number | undefined]>([
    ['32768\t60999\n', '\n', 28_232],
    ['1024 65535', '', 64_512],
    ['40000 40099', '40000-40009,40050', 89],
    ['40000 40099', '8080,39990-40009,50000-50010', 90],
    ['', '', undefined],
    ['60999 32768', '', undefined],
  ])('in the range %j without %j are %j', (range, reserved, ports) => {
    expect(parsePorts(range, reserved).ports).toBe(ports);
  });
});

it('asks this system, which on Linux knows', () => {
  const limits = readSystemLimits();
  if (process.platform !== 'linux') return;
  expect(limits.openFiles).toBeGreaterThan(0);
  expect(limits.filesInUse).toBeGreaterThan(3);
  expect(limits.ports).toBeGreaterThan(0);
  expect(limits.portRange).toMatch(/^\d+-\d+$/);
});
