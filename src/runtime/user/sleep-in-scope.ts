import { LoadwrightError } from '../../errors.js';
import { type CallScope, markHandled, type PendingCall } from './call-scope.js';

const MAX_SLEEP_MS = 2 ** 31 - 1;

/** A wait that the end of its scope cuts short. */
export function sleepInScope(scope: CallScope, seconds: number): Promise<void> {
  if (!(Number.isFinite(seconds) && seconds >= 0)) {
    return Promise.reject(
      new LoadwrightError('ERR_REQUEST_INVALID', {
        message: `sleep() takes seconds of 0 or more, but the scenario gave ${String(seconds)}.`,
      }),
    );
  }
  if (scope.isStopped) return scope.refuse();
  const promise = new Promise<void>((resolve, reject) => {
    const call: PendingCall = {
      reject: (error) => {
        clearTimeout(timer);
        scope.noteResume();
        void markHandled(promise);
        reject(error);
      },
    };
    const onTime = () => {
      scope.leave(call);
      scope.noteResume();
      resolve();
    };
    const timer = setTimeout(onTime, Math.min(seconds * 1000, MAX_SLEEP_MS));
    scope.enter(call);
  });
  return promise;
}
