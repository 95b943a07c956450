/**
 * Which user code a share gave control to last, in memory shared with the conductor: the only thing that can still be
 * read when a task blocks its thread.
 */
const KIND = 0;
const TASK = 1;

/** Task numbers of what is not a task. */
export const BEACON_ON_START = -2;
export const BEACON_ON_STOP = -3;

export function createBeacon(): SharedArrayBuffer {
  return new SharedArrayBuffer(8);
}

/** Notes that code of this kind and task goes on now. Called on the way to every resumption, so it only stores. */
export function lightBeacon(view: Int32Array, kind: number, task: number): void {
  view[KIND] = kind + 1;
  view[TASK] = task;
}

export function readBeacon(beacon: SharedArrayBuffer): { kind: number; task: number } | undefined {
  const view = new Int32Array(beacon);
  const kind = Atomics.load(view, KIND);
  return kind === 0 ? undefined : { kind: kind - 1, task: Atomics.load(view, TASK) };
}
