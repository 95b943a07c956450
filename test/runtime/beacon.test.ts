import { describe, expect, it } from 'vitest';
import { BEACON_ON_START, createBeacon, lightBeacon, readBeacon } from '../../src/runtime/beacon.js';

describe('the beacon', () => {
  it('is dark at first', () => {
    expect(readBeacon(createBeacon())).toBeUndefined();
  });

  it('shows what it was lit for last, also the first kind and its first task', () => {
    const beacon = createBeacon();
    const view = new Int32Array(beacon);
    lightBeacon(view, 3, 7);
    lightBeacon(view, 0, 0);
    expect(readBeacon(beacon)).toEqual({ kind: 0, task: 0 });
    lightBeacon(view, 2, BEACON_ON_START);
    expect(readBeacon(beacon)).toEqual({ kind: 2, task: BEACON_ON_START });
  });
});
