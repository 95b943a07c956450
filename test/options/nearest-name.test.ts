import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/options/nearest-name.js';

const NAMES = ['host', 'users', 'spawn-rate', 'run-time', 'headless', 'headers-timeout', 'csv', 'csv-full-history'];

describe('nearestName', () => {
  it.each([
    ['user', 'users'],
    ['usres', 'users'],
    ['spawnRate', 'spawn-rate'],
    ['spawn_rate', 'spawn-rate'],
    ['spawnrate', 'spawn-rate'],
    ['spwan-rate', 'spawn-rate'],
    ['runtime', 'run-time'],
    ['run', 'run-time'],
    ['headles', 'headless'],
    ['hots', 'host'],
    ['csv-full', 'csv-full-history'],
    ['CSV', 'csv'],
  ])('finds for %s the name %s', (given, expected) => {
    expect(nearestName(given, NAMES)).toBe(expected);
  });

  it.each(['', '-', 'zzz', 'completely-else', 'q'])('finds nothing for %j', (given) => {
    expect(nearestName(given, NAMES)).toBeUndefined();
  });
});
